"""Reddit on loopback."""
