"""What is generated: keys, broker definitions and files for containers; contracts and the compliance table from the sources."""
