"""What is generated from the sources: keys, broker definitions, contracts, the compliance table, files for containers."""
