"""Finding words and patterns in text that people may have disguised."""
