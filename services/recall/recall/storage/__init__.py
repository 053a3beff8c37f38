"""The recall service's own tables and questions."""
