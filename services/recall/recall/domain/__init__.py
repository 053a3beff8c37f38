"""What the law judges in a recall: pure functions, no I/O."""
