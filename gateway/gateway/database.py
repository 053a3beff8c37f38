"""The accounts database: opening it, and its migrations."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import make_url

from chassis.core.storage.database import Database

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def open_database(url: str) -> Database:
    """Return the database of this URL, making the folder of an SQLite file when it is missing."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    return Database(url)


def migrate(database: Database) -> None:
    """Bring the database to the newest version; does nothing when it is there already."""
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS))
    with database.writing() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
