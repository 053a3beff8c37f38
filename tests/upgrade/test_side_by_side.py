"""Processes of the release at work on a schema that has been expanded for its successor. They are stood for by the statements they send."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from chassis.core.storage.database import Database
from tests.upgrade.databases import DIALECTS, NAMES, Databases, migrations_of, rows_of, stored_rows
from tests.upgrade.forms import as_now_stored
from tests.upgrade.play import SERVICES, Player, duties_of

STATEMENTS = (Path(__file__).parent / "statements.sql").read_text(encoding="utf-8").split(";\n\n")

pytestmark = pytest.mark.parametrize("dialect", DIALECTS)


@pytest.mark.parametrize("service", SERVICES)
def test_the_released_statements_work_on_the_expanded_schema(databases: Databases, service: str, dialect: str) -> None:
    url = databases.expanded(service, dialect)
    with closing(Database(url)) as database:
        for statement in STATEMENTS:
            with database.writing() as connection:
                connection.exec_driver_sql(statement)
        list(migrations_of(service).apply(database))
        assert migrations_of(service).plan(database) == []
    rows = stored_rows(url)
    command = {
        "id": "person_side:command",
        "digest": "d" * 64,
        "outcome": '{"repeat": false}',
        "at": "2026-07-06T02:00:00Z",
    }
    stored = as_now_stored("commands", command)
    assert list(stored.values()) in (rows_of(rows, "commands", list(stored)) or [])
    assert [as_now_stored("roots", {"head_hash": "b" * 64})["head_hash"]] in (
        rows_of(rows, "roots", ["head_hash"]) or []
    )
    assert ["box_side", "closed"] in (rows_of(rows, "roots", ["id", "state"]) or [])
    assert ["lid_side", "open"] in (rows_of(rows, "parts", ["id", "state"]) or [])


@pytest.mark.parametrize("name", NAMES)
def test_expanding_applies_what_only_adds_and_leaves_the_rest(databases: Databases, name: str, dialect: str) -> None:
    migrations = migrations_of(name)
    with closing(Database(databases.released(name, dialect))) as database:
        pending = migrations.plan(database)
        applied = list(migrations.apply(database, "expand"))
        left = migrations.plan(database)
    assert applied + left == sorted(pending, key=lambda revision: revision in left)
    assert all(revision.stage == "expand" and not revision.stop for revision in applied)
    ids = {revision.id for revision in left}
    assert all(revision.stage != "expand" or revision.stop or revision.needs & ids for revision in left)


ANALYSED = (
    "UPDATE roots SET state='analysis_submitted', version=version + 1 WHERE roots.id = '{root}'",
    "UPDATE clocks SET state='met', ended_at='2026-04-30T02:00:00.000000Z' WHERE clocks.root_id = '{root}' AND clocks.name = 'analysis'",
)
"""What a process of the release writes where a producer submits its analysis; it knows no duties."""


def test_what_the_release_wrote_meanwhile_is_among_the_duties_after_a_rebuild(
    open_service: Callable[[str, str], Player], dialect: str
) -> None:
    player = open_service("investigation", dialect)
    while player.office.rebuild_projections():
        pass
    root = player.remembered["analysing"]
    with player.office.database.writing() as connection:
        for statement in ANALYSED:
            connection.exec_driver_sql(statement.format(root=root))
    assert [root, "evaluate-analysis", None] not in duties_of(player, "institution")
    player.office.rebuild.restart()
    while player.office.rebuild_projections():
        pass
    assert [root, "evaluate-analysis", None] in duties_of(player, "institution")
    assert root not in json.dumps(duties_of(player, "producer"))
