"""Three weeks of a fictional bakery, from the platforms on loopback to mails and pages."""
