"""Mail kept as files."""
