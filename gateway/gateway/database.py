"""The accounts database: opening it, and its migrations."""

from __future__ import annotations

from pathlib import Path

from chassis.core.storage.database import Database
from chassis.core.storage.migrate import CONTRACT, Migrations, Revision, opened

FOLDER = Path(__file__).resolve().parent / "migrations"
MIGRATIONS = Migrations(FOLDER, FOLDER / "versions")


def open_database(url: str) -> Database:
    """Return the database of this URL, making the folder of an SQLite file when it is missing."""
    return opened(url)


def migrate(database: Database, stage: str = CONTRACT) -> list[Revision]:
    """Bring the database to the newest schema, or as far as this stage; returns what was applied, nothing when it is there already."""
    return list(MIGRATIONS.apply(database, stage))
