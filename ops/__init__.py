"""The commands behind the Makefile: setting up and running the system on one machine, generated files, sample journeys."""
