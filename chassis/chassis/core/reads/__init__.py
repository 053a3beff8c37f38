"""What a service shows: its description, what may be done, roots, lists, duties and journals."""
