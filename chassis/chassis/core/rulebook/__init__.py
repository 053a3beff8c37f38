"""A regulation's acts as data: its model, its reader, its checker, and the registry of the rulebooks a service has loaded."""
