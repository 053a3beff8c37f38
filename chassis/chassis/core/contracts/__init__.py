"""What crosses the border of a service: schemas, facts, what a request may hold, and the documents that describe them."""
