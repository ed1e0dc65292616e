"""What we judge, and by which rules. Pure: no clock, no network, no database, no environment."""
