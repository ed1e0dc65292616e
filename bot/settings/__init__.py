"""What people set: brand.yaml, .env, and the first files of a home folder."""
