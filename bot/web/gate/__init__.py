"""What stands before the pages: how many may come at once, for how long, and who is asked apart from them."""
