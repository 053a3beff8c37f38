"""What each act does: documents, their service, addresses, publications, safety tips; and the worker's tasks."""
