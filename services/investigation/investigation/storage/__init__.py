"""What the investigation service asks of its database beyond the chassis's own tables."""
