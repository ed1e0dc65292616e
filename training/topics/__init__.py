"""How the topic heads are made: what a post does that only the owner may do."""
