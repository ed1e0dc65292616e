"""The owner's page on what her answers changed."""
