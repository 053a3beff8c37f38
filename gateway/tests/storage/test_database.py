"""The accounts database on SQLite and PostgreSQL: migrations, the sample province, sessions, deputies."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from chassis.core.dates.times import FixedClock
from chassis.core.errors import ConfigurationFault, Refusal
from chassis.core.storage.database import Database
from gateway.accounts import Accounts, new_deputyship
from gateway.config import Config
from gateway.database import migrate
from gateway.identity import Identity
from gateway.sample import loader
from gateway.tables import metadata, organisations, persons, sessions

NOON = datetime(2026, 4, 10, 4, tzinfo=UTC)


@pytest.fixture
def identity(config: Config, database: Database) -> Identity:
    """Identity on the sample province, at noon of 10 April 2026 in Shanghai."""
    loader.load(config, database)
    return Identity(database, Accounts(database), FixedClock(NOON), lambda: NOON)


def test_the_migrations_make_exactly_the_tables_and_can_be_repeated(database: Database) -> None:
    assert migrate(database) == []
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_loading_the_province_again_changes_nothing(config: Config, database: Database) -> None:
    counted = []
    for _ in range(2):
        loader.load(config, database)
        with database.reading() as connection:
            counted.append(
                [
                    connection.execute(select(func.count()).select_from(table)).scalar_one()
                    for table in (organisations, persons)
                ]
            )
    assert counted[0] == counted[1]
    assert min(counted[0]) > 30


def test_production_refuses_the_sample_province(config: Config, database: Database) -> None:
    with pytest.raises(ConfigurationFault):
        loader.load(dataclasses.replace(config, profile="production"), database)


def test_neither_password_nor_token_is_kept_as_it_is(identity: Identity, database: Database) -> None:
    session = identity.sign_in("maker", loader.PASSWORD)
    with database.reading() as connection:
        assert all(kept.startswith("$argon2id$") for kept in connection.execute(select(persons.c.password)).scalars())
        assert session.token not in connection.execute(select(sessions.c.token)).scalars().all()


def test_a_session_tells_who_acts_until_it_expires(identity: Identity) -> None:
    session = identity.sign_in("recall.handler", loader.PASSWORD)
    assert identity.acting(session.token).organisations == ("org_210000-recall", "org_210000")
    assert session.expires_at == NOON + timedelta(hours=8)
    identity._machine_time = lambda: NOON + timedelta(hours=8)
    with pytest.raises(Refusal):
        identity.acting(session.token)


def test_a_deputy_is_told_with_whom_they_stand_in_for(identity: Identity) -> None:
    session = identity.sign_in("recall.handler2", loader.PASSWORD)
    for post, holder in (("head", "person_recall_head"), ("handler", "person_recall_handler")):
        given = new_deputyship(
            "org_210000-recall",
            post,
            holder,
            "person_recall_handler2",
            date(2026, 4, 1),
            date(2026, 4, 10),
            holder,
            NOON,
        )
        identity.accounts.record_deputy(given)
    assert dict(identity.acting(session.token).deputy) == {
        "handler": "person_recall_handler",
        "head": "person_recall_head",
    }


def test_a_city_acts_for_itself_alone(identity: Identity) -> None:
    acting = identity.sign_in("sy.handler", loader.PASSWORD).acting
    assert (acting.organisations, acting.area) == (("org_210100",), "210100")


def test_a_username_belongs_to_one_person(identity: Identity, database: Database) -> None:
    row = {"id": "person_x", "name": "x", "username": "maker", "password": "x", "active": True}
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(persons.insert().values(row))
