"""Judging posts: what is known around them, gathered in one way for everybody who judges."""
