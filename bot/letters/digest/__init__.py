"""The digest: build it from what was gathered."""
