"""Looks beside the regular pulls: again at known posts, and at what they answer."""
