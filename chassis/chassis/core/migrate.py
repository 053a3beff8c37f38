"""Migrations: the chassis's branch and the service's own are brought to their heads together."""

from importlib import resources
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig

from chassis.core.application import Application
from chassis.core.config import Config
from chassis.core.database import Database


def upgrade(application: Application, config: Config) -> None:
    """Bring the service's database to the newest revision of both branches; a database that is there already is kept."""
    chassis = Path(str(resources.files("chassis"))) / "core" / "migrations"
    own = Path(str(resources.files(application.package))) / "storage" / "migrations" / "versions"
    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(chassis))
    places = [chassis / "versions", *([own] if own.is_dir() else [])]
    alembic.set_main_option("version_locations", ";".join(str(place) for place in places))
    alembic.set_main_option("path_separator", ";")
    database = Database(config.database_url)
    if database.sqlite and database.url.database:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    try:
        with database.writing() as connection:
            alembic.attributes["connection"] = connection
            command.upgrade(alembic, "heads")
    finally:
        database.close()
