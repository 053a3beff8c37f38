"""Databases at an earlier revision, for tests of a migration that changes rows."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from alembic import command
from alembic.config import Config as AlembicConfig

from chassis.core import Application
from chassis.core.config import Config
from chassis.core.storage.database import Database
from chassis.core.storage.migrate import upgrade

_upgrade, _downgrade = command.upgrade, command.downgrade


def upgrade_to(application: Application, url: str, *revisions: str) -> None:
    """Upgrade a database to each of these revisions in turn, with what they depend on; `heads` is the newest of every branch."""
    _run(application, url, lambda alembic: [_upgrade(alembic, revision) for revision in revisions])


def downgrade_to(application: Application, url: str, revision: str) -> None:
    """Downgrade a database to a revision of one branch."""
    _run(application, url, lambda alembic: _downgrade(alembic, revision))


def _run(application: Application, url: str, change: Callable[[AlembicConfig], object]) -> None:
    """Apply a change where `upgrade`, which configures Alembic and connects it, would upgrade to all heads."""
    with patch.object(command, "upgrade", lambda alembic, _: change(alembic)):
        upgrade(application, Config(application.name, "test", url, "", "", "system", "", ""))


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
