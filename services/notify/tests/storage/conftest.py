"""The storage tests run on SQLite and on PostgreSQL."""

from chassis.testing.fixtures import database_url, postgresql

__all__ = ["database_url", "postgresql"]
