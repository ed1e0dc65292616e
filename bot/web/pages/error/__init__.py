"""What is shown where something went wrong."""
