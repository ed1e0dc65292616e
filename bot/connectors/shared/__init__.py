"""What every connector stands on: HTTP that ends in time, and payloads that strangers wrote."""
