"""What the rulebook cannot hold of documents, their service and publications: pure functions."""
