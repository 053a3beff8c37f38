"""A sample service of the core's tests: boxes that are kept, sealed, shown and emptied, and shelves they stand on."""
