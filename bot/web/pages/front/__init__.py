"""What is shown without a link."""
