"""A channel that nobody has: the recipe in CONTRIBUTING.md for a channel, followed for the tests."""
