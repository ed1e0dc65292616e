"""What we do: pull, judge, tell people, serve the pages."""
