"""The schemas of the sample."""
