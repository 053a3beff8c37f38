"""What the mint's acts take and its facts carry."""
