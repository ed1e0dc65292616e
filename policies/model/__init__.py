"""The frozen values that every room speaks in, and their legal transitions."""
