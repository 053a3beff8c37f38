"""What intake's grouping works on, kept in tables of another shape than the release had: every lead, block key and decision is there."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime

import pytest
from sqlalchemy import Connection, select

from chassis.core.dates.times import SHANGHAI
from chassis.core.storage.database import Database
from intake.domain.grouping import short_key
from intake.domain.links import Links, Pair
from intake.storage import queries, tables
from tests.upgrade.databases import DIALECTS, Databases, rows_by_column

FEATURES = rows_by_column("intake", "lead_features")
LEADS = [row["lead"] for row in FEATURES]

pytestmark = pytest.mark.parametrize("dialect", DIALECTS)


@pytest.fixture
def connection(databases: Databases, dialect: str) -> Iterator[Connection]:
    with closing(Database(databases.upgraded("intake", dialect))) as database, database.reading() as opened:
        yield opened


def together(pairs: Iterable[Pair]) -> set[frozenset[str]]:
    """Return the sets of leads that pairs link, directly or through others."""
    groups: dict[str, set[str]] = {}
    for first, second in map(tuple, pairs):
        joined = groups.get(first, {first}) | groups.get(second, {second})
        groups.update(dict.fromkeys(joined, joined))
    return {frozenset(group) for group in groups.values()}


def test_every_lead_is_known_with_its_state(connection: Connection) -> None:
    known = tables.lead_grouping.c
    states = connection.execute(select(known.lead, known.state)).all()
    assert sorted(map(tuple, states)) == sorted((row["lead"], row["state"]) for row in FEATURES)
    assert {row["state"] for row in FEATURES} == {queries.FREE, queries.GROUPED, queries.GONE}


def test_what_was_known_of_each_lead_stands_in_its_root(connection: Connection) -> None:
    columns = ("lead", "number", "title", "severity", "features")
    expected = {row["lead"]: {column: row[column] for column in columns} for row in FEATURES}
    assert queries.lead_rows(connection, LEADS) == expected


def test_every_block_key_is_kept_as_a_number(connection: Connection) -> None:
    expected = {(short_key(row["key"]), row["lead"]) for row in rows_by_column("intake", "block_keys")}
    assert set(queries.key_rows(connection, LEADS)) == expected


def test_every_lead_is_in_its_signal(connection: Connection) -> None:
    known, links = tables.lead_grouping.c, tables.decided_links.c
    present = select(known.lead, links.signal).join_from(
        tables.lead_grouping, tables.decided_links, known.id == links.lead
    )
    rows = connection.execute(present.where(links.to_seq.is_(None))).all()
    assert sorted(map(tuple, rows)) == sorted((row["lead"], row["signal"]) for row in FEATURES if row["signal"])


def test_what_was_decided_about_every_pair_is_kept(connection: Connection) -> None:
    pairs = rows_by_column("intake", "decided_links")
    expected = Links.of((row["first"], row["second"], row["decision"]) for row in pairs)
    links = queries.links_among(connection, LEADS)
    assert links.cannot == expected.cannot
    assert together(links.must) == together(expected.must) != set()


def test_the_day_of_every_decision_is_in_the_journal_of_the_signal(connection: Connection) -> None:
    days = {
        (row["root_id"], datetime.fromisoformat(row["at"]).astimezone(SHANGHAI).date().isoformat())
        for row in rows_by_column("intake", "journal")
    }
    assert all((row["signal"], row["decided_on"]) in days for row in rows_by_column("intake", "decided_links"))
