"""Ways out to people."""
