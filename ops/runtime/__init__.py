"""What runs on one machine: set-up, the private broker and PostgreSQL, the supervised processes, `make run` and `make demo`."""
