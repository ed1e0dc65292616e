"""The owner's page on how the service is doing."""
