"""What intake's acts take and what its facts carry."""
