"""One case: what a person needs to settle it, and the form that settles it."""
