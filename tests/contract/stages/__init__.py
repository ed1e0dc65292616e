"""One stage a platform: what the contract suite must know of it beyond its `Site` and its loopback server."""
