"""Each service on a database that the release left with rows of every sort, brought to the newest schema by its migrations."""

import json
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import insert, select

from chassis.core import Refusal
from chassis.core.storage import tables
from chassis.core.storage.database import Database
from chassis.core.storage.series import next_number
from tests.upgrade.databases import (
    DIALECTS,
    RELEASED,
    Databases,
    migrations_of,
    released_rows,
    rows_by_column,
    rows_of,
    schema_of,
    stored_rows,
    versions_of,
)
from tests.upgrade.forms import REPLACED, as_now_stored
from tests.upgrade.play import SERVICES, Player, duties_of

Json = dict[str, Any]
Open = Callable[[str, str], Player]
MOVED: dict[str, tuple[str, Callable[..., tuple[str, int]]]] = {
    "intake": ("number_series", lambda kind, year, last: (f"{kind}/{year}", last)),
    "experts": ("counters", lambda series, last: (series, last)),
    "notify": ("number_series", lambda issuer, code, year, last: (f"{issuer}/{code}/{year}", last)),
}
"""The tables that were replaced by `series`, with the name that each row's number has there."""

pytestmark = [pytest.mark.parametrize("service", SERVICES), pytest.mark.parametrize("dialect", DIALECTS)]


def facts_of(service: str) -> Json:
    """Return what the code of the release said of its sample: the requests that were made, everybody's duties."""
    facts: Json = json.loads((RELEASED / f"{service}.json").read_text(encoding="utf-8"))
    return facts


def series_of(service: str) -> dict[str, int]:
    """Return the last number of each series of the release by the name it has now."""
    if service not in MOVED:
        return {}
    table, named = MOVED[service]
    return dict(named(**row) for row in rows_by_column(service, table))


def test_the_upgraded_schema_is_that_of_a_new_database(databases: Databases, service: str, dialect: str) -> None:
    upgraded, fresh = databases.upgraded(service, dialect), databases.fresh(service, dialect)
    assert schema_of(upgraded) == schema_of(fresh)
    assert versions_of(upgraded) == versions_of(fresh)


def test_the_first_revisions_make_the_schema_that_was_released(
    databases: Databases, service: str, dialect: str
) -> None:
    """They were frozen: what a later release does to a table is a later revision."""
    released, again = databases.released(service, dialect), databases.empty(dialect)
    with closing(Database(again)) as database:
        for revision in versions_of(released):
            list(migrations_of(service).apply(database, target=revision))
    assert schema_of(again) == schema_of(released)
    assert versions_of(again) == versions_of(released)


def test_every_row_is_still_there(databases: Databases, service: str, dialect: str) -> None:
    upgraded = stored_rows(databases.upgraded(service, dialect))
    for table, _, rows in released_rows(service):
        if table in REPLACED.get(service, ()):
            continue
        assert rows, table
        expected = [as_now_stored(table, row) for row in rows_by_column(service, table)]
        columns = list(expected[0])
        stored = rows_of(upgraded, table, columns) or []
        assert sorted(map(json.dumps, stored)) == sorted(json.dumps(list(row.values())) for row in expected), table
    assert dict(rows_of(upgraded, "series", ["name", "last"]) or []) == series_of(service)


def test_every_chain_is_intact_and_every_root_known(open_service: Open, service: str, dialect: str) -> None:
    player = open_service(service, dialect)
    player.office.check_stored()
    roots = [row["id"] for row in rows_by_column(service, "roots")]
    assert {root: player.office.verify(root) for root in roots} == {root: [] for root in roots}


def test_the_people_get_the_pages_that_the_release_gave_them(open_service: Open, service: str, dialect: str) -> None:
    """Each finds all that waited. Beside it, a draft that was sent back has since become a duty of its drafter, and some acts
    (`awaited` in the sample) have come to be awaited: to each, the page of the root offers what waits for it.
    """
    player = open_service(service, dialect)
    while player.office.rebuild_projections():
        pass
    assert player.office.rebuild.done()
    awaited = set()
    for who, before in facts_of(service)["duties"].items():
        returned = Counter(
            (draft["root_id"], act, None)
            for draft in rows_by_column(service, "drafts")
            if draft["state"] == "returned" and draft["drafter"]["sub"] == player.people[who].person
            for act in (draft["act"], "withdraw-draft")
        )
        duties, expected = Counter(map(tuple, duties_of(player, who))), Counter(map(tuple, before)) + returned
        assert expected - duties == Counter(), who
        for root, act, _ in duties - expected:
            assert player.office.acts({"token": player.token(who), "id": root, "act": act, "choices": False}), (
                who,
                act,
            )
            awaited.add(act)
    assert awaited == set(player.sample.afterwards["awaited"])


def test_who_saw_a_root_sees_its_page_its_journal_and_its_marked_fields(
    open_service: Open, service: str, dialect: str
) -> None:
    player, seen = open_service(service, dialect), set()
    for root in [row["id"] for row in rows_by_column(service, "roots")]:
        for who in player.people:
            try:
                page = player.get(who, root, reveal=True)
            except Refusal as refusal:
                assert refusal.code == "not-found"
                continue
            seen.add(root)
            assert page["id"] == root
            player.office.journal({"token": player.token(who), "id": root})
            player.office.acts({"token": player.token(who), "id": root})
    assert seen == {row["id"] for row in rows_by_column(service, "roots")}


def test_a_repeated_command_gets_the_answer_it_got_then(open_service: Open, service: str, dialect: str) -> None:
    player = open_service(service, dialect)
    outcomes = {row["id"]: json.loads(row["outcome"]) for row in rows_by_column(service, "commands")}
    requests = facts_of(service)["requests"]
    for request in requests:
        who = request.pop("who")
        person = "public" if who == "public" else player.people[who].person
        answer = player.office.perform({"token": player.token(who), **request})
        assert answer == {**outcomes[f"{person}:{request['command']}"], "repeat": True}
    assert len(requests) >= 7


def test_old_roots_are_acted_upon(open_service: Open, service: str, dialect: str) -> None:
    player = open_service(service, dialect)
    for step in player.sample.afterwards["acts"]:
        player.play(step)
    for root in player.last.values():
        assert player.office.verify(root) == []


def test_old_drafts_are_signed(open_service: Open, service: str, dialect: str) -> None:
    player = open_service(service, dialect)
    drafts = [draft for draft in rows_by_column(service, "drafts") if draft["state"] == "open"]
    for draft in drafts:
        (drafter,) = (name for name, actor in player.people.items() if actor.person == draft["drafter"]["sub"])
        kind = draft["root_id"].rpartition("_")[0]
        signed_by = {step["person"] for step in draft["steps"]}
        for post in draft["chain"][draft["step"] :]:
            signer = next(
                name
                for name, actor in player.people.items()
                if post in actor.posts
                and actor.person not in signed_by
                and set(actor.organisations) & set(player.people[drafter].organisations)
            )
            signed_by.add(player.people[signer].person)
            player.act(signer, kind, "approve-draft", {"draft": draft["id"]}, root=draft["root_id"])
        assert player.outcome["draft"]["state"] == "signed"
        assert player.outcome["act"] == draft["act"]
        assert player.office.verify(draft["root_id"]) == []
    assert bool(drafts) == (service in ("intake", "investigation", "recall"))


def test_periods_that_ran_are_looked_at_in_time_and_lapse(open_service: Open, service: str, dialect: str) -> None:
    player, clocks = open_service(service, dialect), tables.clocks
    roots = [row["id"] for row in rows_by_column(service, "roots")]
    runs = [run for root in roots for run in player.system(root).clocks]
    with player.office.database.reading() as connection:
        stored = dict(connection.execute(select(clocks.c.id, clocks.c.look_at)).all())
    assert stored == {run.id: run.look_at for run in runs}
    player.on("2026-12-31")
    while player.office.lapse():
        pass
    due = {run.id for run in runs if run.state == "running" and run.due_at < "2026-12-31"}
    noted = {run.id for root in roots for run in player.system(root).clocks if run.lapse_noted}
    assert noted >= due != set()
    assert [player.office.verify(root) for root in roots] == [[] for _ in roots]


def test_every_series_goes_on(open_service: Open, service: str, dialect: str) -> None:
    player = open_service(service, dialect)
    for expected in player.sample.afterwards["numbers"]:
        player.play(expected["step"])
        assert player.system(player.last[expected["kind"]]).root.number == expected["number"]


def test_the_next_number_of_every_series_follows_the_last(open_service: Open, service: str, dialect: str) -> None:
    player = open_service(service, dialect)
    with player.office.database.writing() as connection:
        numbers = {name: next_number(connection, name) for name in series_of(service)}
    assert numbers == {name: last + 1 for name, last in series_of(service).items()}


def test_sequences_of_events_go_on_and_repeats_are_known(open_service: Open, service: str, dialect: str) -> None:
    player = open_service(service, dialect)
    for received in rows_by_column(service, "inbox"):
        event = {"specversion": "1.0", "id": received["event_id"], "source": "/test", "type": "test.test.v1"}
        event |= {"subject": received["subject"], "sequence": str(received["last"]), "dossier": "dossier_example"}
        event |= {"time": "2026-07-06T02:00:00Z", "data": {}}
        (receipt,) = player.office.receive([json.dumps(event).encode()])
        assert receipt.outcome == "repeat"
    for step in player.sample.afterwards["events"]:
        player.play(step)


def test_facts_that_waited_are_published_in_order_and_new_ones_follow(
    open_service: Open, service: str, dialect: str
) -> None:
    player, waiting = open_service(service, dialect), rows_by_column(service, "outbox")
    box = tables.outbox
    with player.office.database.writing() as connection:
        row = {"slot": 0, "subject": "case_new", "sequence": 1, "routing_key": "k", "message_id": "m", "type": "t"}
        connection.execute(insert(box), {**row, "body": "{}"})
        ids = list(connection.execute(select(box.c.id).order_by(box.c.id)).scalars())
    assert ids[:-1] == [row["id"] for row in waiting]
    with player.office.outbox.claim() as claim:
        assert claim is not None
        published = claim.batch(100)
    assert [(row.subject, row.sequence) for row in published[:-1]] == [
        (row["subject"], row["sequence"]) for row in waiting
    ]
