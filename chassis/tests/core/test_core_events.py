"""Events in and out: taken once and in order per subject, published in order, tasks done once."""

import contextlib
import json

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from chassis.core import Refusal
from chassis.core.ids import new_id
from chassis.core.storage import outbox, tables
from chassis.core.storage.database import Database
from chassis.testing.stage import another_worker

LETTER, BOX_SENT, SLIP = "post.letter-sent.v1", "post.box-sent.v1", "post.slip-torn.v1"


@pytest.fixture
def box(either):
    return either.act("keeper", "box", "keep", {"label": "甲"})["root"]


def message(box, sequence, mood="calm", subject="letter_1", **more):
    """A message as the broker delivers it."""
    event = {
        "specversion": "1.0",
        "id": f"event_{subject}_{sequence}",
        "source": "/post",
        "type": LETTER,
        "subject": subject,
    }
    event |= {"time": "2026-07-06T02:00:00Z", "sequence": str(sequence), "dossier": "dossier_1"}
    return json.dumps({**event, "data": {"box": box, "mood": mood}, **more}).encode()


def outcomes(stage, *messages):
    return [receipt.outcome for receipt in stage.office.receive(messages)]


def letters(stage, box):
    return stage.system(box).root.body.get("letters", [])


def test_the_same_message_three_times_has_one_effect(either, box):
    one = message(box, 1)
    assert outcomes(either, one, one) == ["taken", "repeat"] and outcomes(either, one) == ["repeat"]
    assert letters(either, box) == ["calm"]


def test_an_event_is_journaled_with_what_it_was(either, box):
    outcomes(either, message(box, 1))
    assert either.entries(box)[-1]["event"] == {"id": "event_letter_1_1", "type": LETTER, "subject": "letter_1"}
    assert "actor" not in either.entries(box)[-1]
    assert either.office.verify(box) == []


def test_an_event_before_its_turn_is_a_gap_until_the_one_before_came(either, box):
    assert outcomes(either, message(box, 2, "second"), message(box, 1, "first"), message(box, 2, "second")) == [
        "gap",
        "taken",
        "taken",
    ]
    assert letters(either, box) == ["first", "second"]


def test_subjects_do_not_wait_for_each_other(either, box):
    assert outcomes(either, message(box, 2), message(box, 1, subject="letter_2")) == ["gap", "taken"]


@pytest.mark.parametrize(("mood", "outcome"), [("refuse", "refused"), ("stumble", "failed")])
def test_one_bad_message_does_not_lose_the_others_of_its_batch(either, box, mood, outcome):
    batch = [message(box, 1, "a", "letter_1"), message(box, 1, mood, "letter_2"), message(box, 1, "b", "letter_3")]
    assert outcomes(either, *batch) == ["taken", outcome, "taken"]
    assert letters(either, box) == ["a", "b"]
    assert either.office.verify(box) == []


def test_what_failed_may_come_again_and_is_then_taken(either, box):
    assert outcomes(either, message(box, 1, "stumble")) == ["failed"]
    assert outcomes(either, message(box, 1, "calm")) == ["taken"]


def test_an_event_about_a_root_that_is_not_there_yet_is_tried_again(either):
    assert outcomes(either, message(new_id("box"), 1)) == ["failed"]


def test_an_event_that_the_state_refuses_is_refused(either, box):
    either.act("keeper", "box", "sort", {"way": "up"})
    assert outcomes(either, message(box, 1)) == ["refused"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"null",
        b'"a"',
        b'{"id": 1}',
        b'{"id":"e","type":"t","subject":"s","sequence":"x","dossier":"d","data":{}}',
        b'{"id":"e","type":"t","subject":"s","sequence":"1","dossier":"d","data":[1]}',
    ],
)
def test_what_is_no_event_is_undecodable(either, body):
    assert outcomes(either, body) == ["undecodable"]


@pytest.mark.parametrize("subject", ["a\x00b", "s" * 300, "\ud800"])
def test_a_subject_that_cannot_be_kept_is_undecodable_and_spoils_no_batch(either, box, subject):
    assert outcomes(either, message(box, 1, subject=subject), message(box, 1)) == ["undecodable", "taken"]


@pytest.mark.parametrize(
    "data", [{}, {"box": None}, {"box": 7}, {"box": ["box_1"]}, {"box": "shelf_1"}, {"box": "box_\x00"}]
)
def test_an_event_whose_data_names_no_root_spoils_no_batch(either, box, data):
    results = outcomes(either, message(box, 1, subject="letter_2", data=data), message(box, 1))
    assert results[0] in {"failed", "refused"} and results[1] == "taken"


def test_an_event_nobody_is_moved_by_is_taken(either, box):
    assert outcomes(either, message(box, 1, type="post.stamp-printed.v1")) == ["taken"]


def test_an_event_may_open_a_root_with_the_id_and_dossier_it_brings(either):
    box = new_id("box")
    assert either.event(BOX_SENT, {"box": box, "label": "来箱"}, dossier="dossier_9") == "taken"
    assert (either.system(box).root.dossier, either.system(box).root.title) == ("dossier_9", "来箱")


def test_an_event_may_address_a_part(either, box):
    either.act("keeper", "box", "pin", {"holder": "org_holder"})
    part = either.system(box).parts[0].id
    assert either.event(SLIP, {"box": box, "part": part}) == "taken"
    assert either.system(box).parts[0].state == "torn"


def test_a_finder_finds_the_root_or_says_that_the_event_is_not_for_us(either, box):
    seen = "post.label-seen.v1"
    assert either.event(seen, {"label": "无此箱", "sure": True}) == "taken"
    assert either.event(seen, {"label": "甲", "sure": False}) == "taken"
    assert [entry["act"] for entry in either.entries(box)] == ["keep"]
    assert either.event(seen, {"label": "甲", "sure": True}) == "taken"
    assert either.entries(box)[-1]["act"] == "find"


def test_a_held_subject_is_marked_and_a_late_listener_begins_where_told(either, box):
    either.office.hold("letter_1")
    assert either.office.health()["held"] == 1
    either.office.release("letter_1")
    assert either.office.health()["held"] == 0
    either.office.baseline("letter_1", 41)
    assert outcomes(either, message(box, 41), message(box, 42)) == ["repeat", "taken"]


def noted(stage, *boxes):
    """Note each box once more, so that it tells a fact."""
    for box in boxes:
        stage.act("keeper", "box", "note", {"words": box}, root=box)


def test_facts_wait_in_order_per_subject_and_are_forgotten_when_done(either, box):
    noted(either, box, box)
    with either.office.outbox.claim() as claim:
        rows = claim.batch(10)
        assert [(row.subject, row.sequence, row.routing_key) for row in rows] == [
            (box, 1, "boxes.box.noted"),
            (box, 2, "boxes.box.noted"),
        ]
        event = json.loads(rows[0].body)
        assert (event["id"], event["type"], event["sequence"]) == (rows[0].message_id, "boxes.noted.v1", "1")
        claim.done([rows[0].id])
        assert [row.sequence for row in claim.batch(10)] == [2]
        claim.done([rows[1].id])
    with either.office.outbox.claim() as claim:
        assert claim is None
    assert either.office.outbox.waiting() == 0


def test_a_fact_that_could_not_be_told_holds_back_its_own_subject_alone(either, box):
    other = either.act("keeper", "box", "keep", {"label": "乙"})["root"]
    noted(either, box, box, other)
    with either.office.outbox.claim() as claim:
        claim.failed(claim.batch(1)[0].id, "returned")
        assert {row.subject for row in claim.batch(10)} == {other}
    with either.office.database.writing() as connection:
        reason, attempts = connection.execute(
            select(tables.outbox.c.reason, tables.outbox.c.attempts).order_by(tables.outbox.c.id)
        ).first()
        connection.execute(update(tables.outbox).values(not_before=0))
    assert (reason, attempts) == ("returned", 1)
    with either.office.outbox.claim() as claim:
        assert [row.subject for row in claim.batch(10)] == [box, box, other]


def test_two_relays_hold_different_slots_and_nothing_twice(on_postgresql):
    boxes = [on_postgresql.act("keeper", "box", "keep", {"label": str(n)})["root"] for n in range(12)]
    noted(on_postgresql, *boxes)
    box = on_postgresql.office.outbox
    slots = {outbox.slot_of(root) for root in boxes}
    with box.claim() as first:
        held = {outbox.slot_of(row.subject) for row in first.batch(100)}
        assert held == slots
        with box.claim() as second:
            assert second is None
        fresh = (
            next(root for n in range(999) if outbox.slot_of(root := f"box_{n}") not in slots)
            if len(slots) < outbox.SLOTS
            else None
        )
        if fresh:
            with on_postgresql.office.database.writing() as connection:
                row = dict(connection.execute(select(tables.outbox)).mappings().first())
                connection.execute(
                    tables.outbox.insert(), row | {"id": 10_000, "subject": fresh, "slot": outbox.slot_of(fresh)}
                )
            with box.claim() as second:
                assert {row.subject for row in second.batch(100)} == {fresh}
    with box.claim() as again:
        assert {row.subject for row in again.batch(100)} >= set(boxes)


def test_the_slots_of_a_relay_that_died_are_free(on_postgresql):
    box = on_postgresql.act("keeper", "box", "keep", {"label": "甲"})["root"]
    noted(on_postgresql, box)
    dying = outbox.Outbox(database := Database(str(on_postgresql.office.config.database_url)))
    with contextlib.suppress(DBAPIError), dying.claim() as claim:
        assert claim is not None
        with on_postgresql.office.outbox.claim() as other:
            assert other is None
        end_all_but_this(on_postgresql)
    with on_postgresql.office.outbox.claim() as other:
        assert [row.subject for row in other.batch(10)] == [box]
    database.close()


def end_all_but_this(stage):
    """End every session on the stage's database but the one that asks, as when the machine of the others dies."""
    with stage.office.database.reading() as connection:
        query = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        connection.exec_driver_sql(query)


def test_a_task_is_done_once_and_its_act_performed(either, box):
    either.act("keeper", "box", "press", {"name": "a"})
    assert (either.work(), either.work()) == (1, 0)
    assert either.entries(box)[-1]["act"] == "pressed"
    assert either.entries(box)[-1]["actor"] == {"system": True}
    assert either.office.files.get(either.office.files.put("甲".encode(), "a", "text/plain")["hash"]) == "甲".encode()


def test_a_task_run_twice_performs_its_act_once(either, box):
    either.act("keeper", "box", "press")
    task = either.office.tasks.claim()
    either.office.tasks.run(task)
    either.office.tasks.run(task)
    assert [entry["act"] for entry in either.entries(box)].count("pressed") == 1


def test_a_task_may_perform_nothing(either, box):
    either.act("keeper", "box", "press", {"name": "nothing"})
    assert either.work() == 1
    assert either.entries(box)[-1]["act"] == "press"


def test_a_task_that_failed_waits_and_is_kept(either, box):
    either.act("keeper", "box", "press", {"name": "stumble"})
    task = either.office.tasks.claim()
    assert either.office.tasks.claim() is None
    with pytest.raises(RuntimeError):
        either.office.tasks.run(task)
    either.office.tasks.failed(task, "stumbled")
    assert either.office.tasks.claim() is None
    with either.office.database.writing() as connection:
        assert connection.execute(select(tables.tasks.c.attempts, tables.tasks.c.reason)).one() == (1, "stumbled")
        connection.execute(update(tables.tasks).values(not_before=0))
    assert either.office.tasks.claim().id == task.id


def test_the_task_of_a_worker_that_died_is_taken_by_another(either, box):
    either.act("keeper", "box", "press")
    first = either.office.tasks.claim()
    with either.office.database.writing() as connection:
        connection.execute(update(tables.tasks).values(held_until=0))
    assert another_worker(either.office).claim().id == first.id


def test_two_workers_take_two_tasks(on_postgresql):
    on_postgresql.act("keeper", "box", "keep", {"label": "甲"})
    for _ in range(2):
        on_postgresql.act("keeper", "box", "press")
    one, other = on_postgresql.office.tasks, another_worker(on_postgresql.office)
    assert one.claim().id != other.claim().id
    assert one.claim() is None


def test_commits_wake_whoever_waits(either, box):
    woken = []
    either.office.on_commit.append(lambda: woken.append(True))
    noted(either, box)
    with pytest.raises(Refusal):
        either.act("owner", "box", "seal", {"sealed_on": "2026-07-06"})
    assert woken == [True]
    outcomes(either, message(box, 1))
    assert woken == [True, True]
