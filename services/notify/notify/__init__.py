"""The notify service: numbers, renders and serves the documents of the procedure, and publishes recalls."""
