"""What the acts of this service take, and what its facts carry."""
