"""What each act of the expert service does, by subject: the pool, the panels, the procedures."""
