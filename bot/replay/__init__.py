"""The daemon's own jobs over simulated time: what last month would have looked like."""
