"""The pages of the agency's queue and of the owner's desk. No JavaScript, no account, no password."""
