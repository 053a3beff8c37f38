"""The expert service: the pool of experts, and the panels that answer technical questions (article 20)."""
