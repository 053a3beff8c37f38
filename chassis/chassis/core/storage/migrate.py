"""Migrations: the chassis's branch and the service's own are brought to their heads together."""

from collections.abc import Callable
from importlib import resources
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig

from chassis.core.storage.database import Database


def upgrade(package: str, database_url: str, revision: str = "heads") -> None:
    """Bring the database of the service in `package` to a revision, by default the newest of both branches; data is kept."""
    _run(package, database_url, lambda alembic: command.upgrade(alembic, revision))


def downgrade(package: str, database_url: str, revision: str) -> None:
    """Take the database back to an earlier revision of one branch."""
    _run(package, database_url, lambda alembic: command.downgrade(alembic, revision))


def _run(package: str, database_url: str, change: Callable[[AlembicConfig], None]) -> None:
    """Apply a change in one transaction, with the chassis's revisions and the service's own."""
    chassis = Path(str(resources.files("chassis"))) / "core" / "storage" / "migrations"
    own = Path(str(resources.files(package))) / "storage" / "migrations" / "versions"
    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(chassis))
    places = [chassis / "versions", *([own] if own.is_dir() else [])]
    alembic.set_main_option("version_locations", ";".join(str(place) for place in places))
    alembic.set_main_option("path_separator", ";")
    database = Database(database_url)
    if database.sqlite and database.url.database:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    try:
        with database.writing() as connection:
            alembic.attributes["connection"] = connection
            change(alembic)
    finally:
        database.close()
