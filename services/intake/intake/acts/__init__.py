"""What each act of intake does, by stage."""
