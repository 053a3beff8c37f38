"""The service's own tables: number series and their numbers, service addresses in force, publications by recall."""
