"""Finds out what rules ask about the world outside a post: where links lead, which words stand in pictures."""
