"""What each act of the investigation service does, by stage of the case."""
