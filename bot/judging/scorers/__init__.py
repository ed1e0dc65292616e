"""Models of tone and meaning: text in, label scores or a vector out."""
