"""What the service does when it is due: one function each, ``now`` in, the next due time out."""
