"""The gateway's accounts on a database that the release left, brought to the newest schema by its migrations."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime

import pytest

from chassis.core import Refusal
from chassis.core.dates.times import FixedClock
from chassis.core.storage.database import Database
from gateway.accounts import Accounts, new_deputyship
from gateway.identity import Identity
from gateway.sample import loader
from tests.upgrade.databases import (
    DIALECTS,
    GATEWAY,
    Databases,
    migrations_of,
    released_rows,
    rows_of,
    schema_of,
    stored_rows,
    versions_of,
)

NOON = datetime(2026, 4, 10, 4, tzinfo=UTC)
SESSION_TOKEN = "session-of-the-upgrade-test"
"""The token of the session that the released rows hold; they hold its digest only."""

pytestmark = pytest.mark.parametrize("dialect", DIALECTS)


@pytest.fixture
def identity(databases: Databases, dialect: str) -> Iterator[Identity]:
    with closing(Database(databases.upgraded(GATEWAY, dialect))) as database:
        yield Identity(database, Accounts(database), FixedClock(NOON), lambda: NOON)


def test_the_upgraded_schema_is_that_of_a_new_database(databases: Databases, dialect: str) -> None:
    upgraded, fresh = databases.upgraded(GATEWAY, dialect), databases.fresh(GATEWAY, dialect)
    assert schema_of(upgraded) == schema_of(fresh)
    assert versions_of(upgraded) == versions_of(fresh)


def test_the_first_revisions_make_the_schema_that_was_released(databases: Databases, dialect: str) -> None:
    """They were frozen: what a later release does to a table is a later revision."""
    released, again = databases.released(GATEWAY, dialect), databases.empty(dialect)
    with closing(Database(again)) as database:
        for revision in versions_of(released):
            list(migrations_of(GATEWAY).apply(database, target=revision))
    assert schema_of(again) == schema_of(released)
    assert versions_of(again) == versions_of(released)


def test_every_row_is_still_there(databases: Databases, dialect: str) -> None:
    upgraded = stored_rows(databases.upgraded(GATEWAY, dialect))
    for table, columns, rows in released_rows(GATEWAY):
        assert sorted(map(json.dumps, rows_of(upgraded, table, columns) or [])) == sorted(map(json.dumps, rows)), table


def test_people_sign_in_with_the_passwords_they_had(identity: Identity) -> None:
    assert identity.sign_in("maker", loader.PASSWORD).acting.organisation == "org_91210100MA0000A019"


def test_a_session_goes_on_with_the_post_that_its_person_deputises_for(identity: Identity) -> None:
    acting = identity.acting(SESSION_TOKEN)
    assert (acting.person, acting.organisations) == ("person_recall_handler2", ("org_210000-recall", "org_210000"))
    assert dict(acting.deputy) == {"head": "person_recall_head"}


def test_a_session_that_has_ended_stays_ended(identity: Identity) -> None:
    with pytest.raises(Refusal):
        identity.acting(f"{SESSION_TOKEN}-ended")


def test_another_deputy_is_recorded(identity: Identity) -> None:
    holder, deputy = "person_recall_handler", "person_recall_handler2"
    deputyship = new_deputyship(
        "org_210000-recall", "handler", holder, deputy, date(2026, 4, 1), date(2026, 4, 10), holder, NOON
    )
    identity.accounts.record_deputy(deputyship)
    assert dict(identity.acting(SESSION_TOKEN).deputy) == {"head": "person_recall_head", "handler": holder}
