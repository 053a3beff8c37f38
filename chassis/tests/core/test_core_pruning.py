"""Pruning: what only serves repeats is forgotten after a time, and a repeat is still never performed twice."""

import json
from datetime import UTC, datetime

import pytest
from boxes.app import application
from sqlalchemy import func, select, update

from chassis.core import Refusal
from chassis.core import config as configuration
from chassis.core.dates.times import FileClock
from chassis.core.errors import ConfigurationFault
from chassis.core.storage import leases, tables
from chassis.core.triggers import pruning
from chassis.core.triggers.pruning import Pruning

LETTER = "post.letter-sent.v1"
IN_31_DAYS, IN_91_DAYS = "2026-08-06", "2026-10-05"


@pytest.fixture
def box(either):
    return either.act("keeper", "box", "keep", {"label": "甲"}, command="command-0")["root"]


def prune(stage):
    """Sweep once through both tables; returns how many rows were pruned."""
    office = stage.office
    sweep = Pruning(office.database, office.clock.now, 30, 90)
    return sum(sweep.step() for _ in range(20))


def count(stage, table):
    with stage.office.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def everything(stage):
    names = (tables.roots, tables.journal, tables.drafts, tables.outbox, tables.sealed)
    return [count(stage, table) for table in names]


def message(box, sequence, subject="letter_1"):
    event = {"specversion": "1.0", "id": f"event_{subject}_{sequence}", "source": "/post", "type": LETTER}
    event |= {"subject": subject, "time": "2026-07-06T02:00:00Z", "sequence": str(sequence), "dossier": "dossier_1"}
    return json.dumps({**event, "data": {"box": box, "mood": str(sequence)}}).encode()


def outcomes(stage, *messages, keep=False):
    return [receipt.outcome for receipt in stage.office.receive(messages, keep=keep)]


def letters(stage, box):
    return stage.system(box).root.body.get("letters", [])


def test_an_outcome_is_kept_for_its_time_and_then_forgotten(either, box):
    either.on("2026-08-05", "09:59:59")
    assert (prune(either), count(either, tables.commands)) == (0, 1)
    either.on("2026-08-05", "10:00:01")
    assert (prune(either), count(either, tables.commands), count(either, tables.pruned)) == (1, 0, 1)
    assert (prune(either), count(either, tables.pruned)) == (0, 1)


@pytest.mark.parametrize(
    ("act", "data"), [("keep", {"label": "乙"}), ("note", {"words": "一"}), ("empty", {"words": "空"})]
)
def test_a_repeat_of_a_pruned_command_is_refused_and_does_nothing(either, box, act, data):
    request = either.request("keeper", "box", act, data, command="command-1")
    first = either.office.perform(request)
    either.on(IN_31_DAYS)
    assert prune(either) == 2
    before = everything(either)
    for again in (request, request | {"data": {**data, "words": "二"}}):
        with pytest.raises(Refusal, match="command-reused") as refused:
            either.office.perform(again | {"token": either.token("keeper")})
        assert refused.value.facts == {"command": "p_keeper:command-1", "pruned": True}
        assert "早已办理" in refused.value.zh and "long ago" in refused.value.en
    assert everything(either) == before
    assert either.system(first["root"]).root.version == first["version"]


def test_a_repeat_of_a_pruned_step_on_a_draft_is_refused(either, box):
    either.act("keeper", "box", "empty", {"words": "空"}, sign=False)
    draft = either.outcome["draft"]["id"]
    request = either.request("head", "box", "approve-draft", {"draft": draft}, root=box, command="command-2")
    either.office.perform(request)
    either.on(IN_31_DAYS)
    prune(either)
    with pytest.raises(Refusal, match="command-reused"):
        either.office.perform(request | {"token": either.token("head")})


def test_another_command_is_performed_as_ever_after_a_pruning(either, box):
    either.on(IN_31_DAYS)
    prune(either)
    assert either.act("keeper", "box", "note", {"words": "一"}, command="command-9")["repeat"] is False
    assert either.act("second", "box", "keep", {"label": "丙"}, command="command-0")["repeat"] is False


def test_a_repeat_within_its_time_gets_the_first_answer_after_a_sweep(either, box):
    either.on(IN_31_DAYS)
    request = either.request("keeper", "box", "note", {"words": "一"}, command="command-1")
    first = either.office.perform(request)
    assert prune(either) == 1
    assert either.office.perform(request) == first | {"repeat": True}


def test_a_subject_goes_on_where_it_stood_after_its_row_was_pruned(either, box):
    assert outcomes(either, message(box, 1), message(box, 2)) == ["taken", "taken"]
    either.on("2026-10-04", "09:00:00")
    prune(either)
    assert count(either, tables.inbox) == 1
    either.on(IN_91_DAYS)
    prune(either)
    assert (count(either, tables.inbox), count(either, tables.commands)) == (0, 0)
    assert outcomes(either, message(box, 2), message(box, 1), message(box, 4)) == ["repeat", "repeat", "gap"]
    assert outcomes(either, message(box, 3), message(box, 4), message(box, 1)) == ["taken", "taken", "repeat"]
    assert letters(either, box) == ["1", "2", "3", "4"]


def test_a_subject_that_was_pruned_twice_is_known_by_its_later_place(either, box):
    outcomes(either, message(box, 1))
    either.on(IN_91_DAYS)
    prune(either)
    outcomes(either, message(box, 2))
    either.on("2027-03-01")
    prune(either)
    assert count(either, tables.inbox) == 0
    assert outcomes(either, message(box, 2), message(box, 3)) == ["repeat", "taken"]


def test_an_event_out_of_turn_is_kept_behind_the_place_of_a_pruned_subject(either, box):
    outcomes(either, message(box, 1), message(box, 2))
    either.on(IN_91_DAYS)
    prune(either)
    assert outcomes(either, message(box, 4), keep=True) == ["kept"]
    assert outcomes(either, message(box, 3)) == ["taken"]
    assert letters(either, box) == ["1", "2", "3", "4"]


def test_a_pruned_subject_that_is_held_keeps_its_place(either, box):
    outcomes(either, message(box, 1), message(box, 2))
    either.on(IN_91_DAYS)
    prune(either)
    either.office.hold("letter_1")
    assert outcomes(either, message(box, 2), message(box, 4), message(box, 3)) == ["repeat", "kept", "taken"]
    assert letters(either, box) == ["1", "2", "3", "4"]


@pytest.mark.parametrize("why", ["held", "kept"])
def test_a_subject_with_something_to_come_is_not_pruned(either, box, why):
    outcomes(either, message(box, 1))
    if why == "held":
        either.office.hold("letter_1")
    else:
        outcomes(either, message(box, 3), keep=True)
    either.on(IN_91_DAYS)
    prune(either)
    assert count(either, tables.inbox) == 1


def test_an_event_that_is_played_again_from_before_its_subject_was_known_does_nothing_twice(either, box):
    outcomes(either, message(box, 1), message(box, 2))
    either.on(IN_91_DAYS)
    prune(either)
    either.office.baseline("letter_1", 0)
    entries = len(either.entries(box))
    assert outcomes(either, message(box, 1), message(box, 2), message(box, 3)) == ["taken"] * 3
    assert letters(either, box) == ["1", "2", "3"]
    assert len(either.entries(box)) == entries + 1


def test_rows_are_pruned_a_batch_at_a_time(either, box, monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 3)
    for number in range(7):
        either.act("keeper", "box", "note", {"words": str(number)}, root=box)
        outcomes(either, message(box, 1, f"letter_{number}"))
    either.on(IN_91_DAYS)
    sweep = Pruning(either.office.database, either.office.clock.now, 30, 90)
    steps = [sweep.step() for _ in range(12)]
    assert max(steps) == 3 and sum(steps) == 15 + 7
    assert (count(either, tables.commands), count(either, tables.inbox)) == (0, 0)


def test_only_whoever_holds_the_lease_prunes(either, box, monkeypatch):
    either.on(IN_31_DAYS)
    mine = leases.HOLDER
    monkeypatch.setattr(leases, "HOLDER", "process_other")
    with either.office.database.writing() as connection:
        assert leases.take(connection, "scheduler", 60)
    monkeypatch.setattr(leases, "HOLDER", mine)
    assert (prune(either), count(either, tables.commands)) == (0, 1)
    with either.office.database.writing() as connection:
        connection.execute(update(tables.leases).values(until=0))
    assert prune(either) == 1


def test_a_clock_that_was_moved_prunes_nothing(either, box, tmp_path):
    clock = FileClock(tmp_path / "clock")
    clock.set(datetime(2036, 1, 1, tzinfo=UTC))
    either.office.clock = clock
    either.office.round()
    assert either.office.prune() > 0, "the rows are old by that clock"


def test_a_round_of_the_office_prunes_by_its_configuration(either, box):
    either.on(IN_31_DAYS)
    either.office.round()
    assert (count(either, tables.commands), count(either, tables.pruned)) == (0, 1)


@pytest.fixture
def environment(tmp_path):
    keys = {name: str(tmp_path / name) for name in ("TOKEN_PUBLIC_KEY", "SEAL_KEY")}
    for path in keys.values():
        (tmp_path / path).write_text("key")
    return keys


def configured(tmp_path, monkeypatch, env, **more):
    """The configuration of the boxes with a file of its own."""
    lines = {"service": "boxes", "profile": "test", "database_url": "sqlite://", "amqp_url": "amqp://"}
    lines |= {"files_url": "file://files", "clock": "system"}
    lines |= {"token_public_key": env["TOKEN_PUBLIC_KEY"], "seal_key": env["SEAL_KEY"], **more}
    (tmp_path / "config.yml").write_text(json.dumps(lines))
    monkeypatch.setattr(configuration.resources, "files", lambda package: tmp_path)
    return configuration.load(application.package, env)


def test_how_long_is_kept_is_configured_by_file_or_environment(tmp_path, monkeypatch, environment):
    config = configured(tmp_path, monkeypatch, environment)
    assert (config.keep_commands_days, config.keep_inbox_days) == (30, 90)
    config = configured(
        tmp_path, monkeypatch, environment, keep_commands_days=8, keep_inbox_days="${KEEP_INBOX_DAYS:31}"
    )
    assert (config.keep_commands_days, config.keep_inbox_days) == (8, 31)
    env = environment | {"KEEP_COMMANDS_DAYS": "400", "KEEP_INBOX_DAYS": "500"}
    config = configured(tmp_path, monkeypatch, env)
    assert (config.keep_commands_days, config.keep_inbox_days) == (400, 500)


def test_what_is_kept_too_shortly_is_a_fault_like_the_others(tmp_path, monkeypatch, environment):
    env = environment | {"KEEP_COMMANDS_DAYS": "6", "KEEP_INBOX_DAYS": "soon"}
    with pytest.raises(ConfigurationFault) as fault:
        configured(tmp_path, monkeypatch, env, workers="many")
    assert fault.value.faults == [
        "WORKERS is 'many'; expected a whole number from 1",
        "KEEP_COMMANDS_DAYS is '6'; expected a whole number from 7",
        "KEEP_INBOX_DAYS is 'soon'; expected a whole number from 30",
    ]
