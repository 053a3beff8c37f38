"""The accounts database: migrations match the tables, the sample province loads twice, production refuses it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select

from chassis.core.errors import ConfigurationFault
from gateway.config import Config
from gateway.database import migrate, open_database
from gateway.identity import HASHER
from gateway.sample import loader
from gateway.tables import metadata, organisations, persons


def test_the_migrations_make_exactly_the_tables(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/folder/new.db")
    migrate(database)
    migrate(database)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()


def test_loading_the_province_again_changes_nothing(config: Config) -> None:
    database = open_database(config.database_url)
    with database.reading() as connection:
        before = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (organisations, persons)
        ]
    loader.load(config, database)
    with database.reading() as connection:
        after = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (organisations, persons)
        ]
        password = connection.execute(select(persons.c.password).limit(1)).scalar_one()
    database.close()
    assert before == after
    assert min(before) > 30
    assert HASHER.verify(password, loader.PASSWORD)


def test_production_refuses_the_sample_province(config: Config) -> None:
    database = open_database(config.database_url)
    with pytest.raises(ConfigurationFault):
        loader.load(dataclasses.replace(config, profile="production"), database)
    database.close()


def test_no_password_and_no_token_is_kept_as_it_is(config: Config) -> None:
    database = open_database(config.database_url)
    with database.reading() as connection:
        assert all(row.startswith("$argon2id$") for row in connection.execute(select(persons.c.password)).scalars())
    database.close()
