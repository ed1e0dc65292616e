"""Commands about rules: judging texts with them, listing, testing, explaining and trying them."""
