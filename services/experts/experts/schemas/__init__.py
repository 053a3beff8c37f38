"""What the acts of the expert service take, what its facts carry, and its texts."""
