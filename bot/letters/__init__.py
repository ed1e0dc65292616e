"""Digests and alerts: what the owner is told, and how the mail looks."""
