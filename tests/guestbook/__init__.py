"""A platform that nobody has: the recipe in CONTRIBUTING.md for a platform, followed for the tests."""
