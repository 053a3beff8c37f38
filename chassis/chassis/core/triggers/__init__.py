"""What moves a root besides a person: events of other services, the scheduler, and tasks."""
