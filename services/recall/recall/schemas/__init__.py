"""What acts take and what facts carry."""
