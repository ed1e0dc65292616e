"""What is due, and when. The scheduler only ticks."""
