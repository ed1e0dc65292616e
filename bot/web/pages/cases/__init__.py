"""The two lists of cases: the agency's queue and the owner's desk."""
