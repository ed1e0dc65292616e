"""What cannot wait for the digest: clients in danger, who need the owner, or who wait too long."""
