"""Databases at an earlier revision, for tests of a migration that changes rows."""

from pathlib import Path

from chassis.core import Application
from chassis.core.storage.database import Database
from chassis.core.storage.migrate import downgrade, upgrade


def upgrade_to(application: Application, url: str, *revisions: str) -> None:
    """Upgrade a database to each of these revisions in turn, with what they depend on; `heads` is the newest of every branch."""
    for revision in revisions:
        upgrade(application.package, url, revision)


def downgrade_to(application: Application, url: str, revision: str) -> None:
    """Downgrade a database to a revision of one branch."""
    downgrade(application.package, url, revision)


def without_tables(url: str | None, folder: Path) -> str:
    """Return the URL of a database without tables: the PostgreSQL one emptied or, for None, an SQLite file in the folder.

    A lent PostgreSQL database has to be at all heads again when the test ends.
    """
    if url is None:
        return f"sqlite:///{folder / 'migrated.db'}"
    database = Database(url)
    with database.writing() as connection:
        connection.exec_driver_sql("drop schema public cascade")
        connection.exec_driver_sql("create schema public")
    database.close()
    return url
