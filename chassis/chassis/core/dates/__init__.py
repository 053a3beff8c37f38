"""The China calendar of working days, and legal time."""
