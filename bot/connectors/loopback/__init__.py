"""What the platforms' loopback servers share: a story and its clock, faults on demand, serving, a money meter."""
