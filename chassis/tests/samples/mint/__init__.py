"""A sample service that tells facts: coins are struck and marked. It belongs to the chassis's tests."""
