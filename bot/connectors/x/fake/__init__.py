"""X on loopback."""
