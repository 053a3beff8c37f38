"""What each act does, by stage."""
