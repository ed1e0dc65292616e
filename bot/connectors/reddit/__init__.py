"""Reddit, through PRAW."""
