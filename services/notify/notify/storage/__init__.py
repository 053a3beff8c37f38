"""The service's own tables: document numbers, service addresses in force, publications by recall."""
