"""Events that are kept behind one that is missing or parked: in order, once each, none lost."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from chassis.core.storage import tables
from chassis.core.triggers import inbox, waiting

LETTER = "post.letter-sent.v1"


@pytest.fixture
def box(either):
    return either.act("keeper", "box", "keep", {"label": "甲"})["root"]


@pytest.fixture(autouse=True)
def long_pauses(monkeypatch):
    """No second try by itself while a test runs, however slow the machine is."""
    monkeypatch.setattr(waiting, "BACK_OFF", (3600,))


def message(box, sequence, mood=None, subject="letter_1"):
    """A message as the broker delivers it; the mood says its number."""
    event = {"specversion": "1.0", "id": f"event_{subject}_{sequence}", "source": "/post", "type": LETTER}
    event |= {"subject": subject, "time": "2026-07-06T02:00:00Z", "sequence": str(sequence), "dossier": "dossier_1"}
    return json.dumps({**event, "data": {"box": box, "mood": mood or str(sequence)}}).encode()


def outcomes(stage, *messages, keep=False):
    return [receipt.outcome for receipt in stage.office.receive(messages, keep=keep)]


def letters(stage, box):
    return stage.system(box).root.body.get("letters", [])


def kept(stage):
    """The sequences that are kept, of all subjects."""
    table = tables.waiting_events
    with stage.office.database.reading() as connection:
        return list(connection.execute(select(table.c.sequence).order_by(table.c.subject, table.c.sequence)).scalars())


def place(stage, subject="letter_1"):
    """Where a subject stands: (last, held, waiting)."""
    box = tables.inbox
    with stage.office.database.reading() as connection:
        query = select(box.c.last, box.c.held, box.c.waiting).where(box.c.subject == subject)
        return tuple(connection.execute(query).one())


def due_now(stage):
    """Let the time of every back-off pass."""
    table = tables.waiting_events
    with stage.office.database.writing() as connection:
        connection.execute(update(table).where(table.c.not_before.is_not(None)).values(not_before=0))


def test_what_follows_a_parked_event_is_kept_and_taken_in_order_once_it_comes(either, box):
    either.office.hold("letter_1")
    assert outcomes(either, message(box, 3), message(box, 2), message(box, 4)) == ["kept"] * 3
    assert (letters(either, box), kept(either), place(either)) == ([], [2, 3, 4], (0, True, True))
    either.office.release("letter_1")
    assert outcomes(either, message(box, 1)) == ["taken"]
    assert (letters(either, box), kept(either), place(either)) == (["1", "2", "3", "4"], [], (4, False, False))
    assert either.office.verify(box) == []


def test_an_event_that_is_kept_twice_and_comes_again_is_taken_once(either, box):
    either.office.hold("letter_1")
    assert outcomes(either, message(box, 2), message(box, 2)) == ["kept", "kept"]
    assert outcomes(either, message(box, 2)) == ["kept"]
    assert kept(either) == [2]
    assert outcomes(either, message(box, 1), message(box, 1)) == ["taken", "repeat"]
    assert outcomes(either, message(box, 2), message(box, 1)) == ["repeat", "repeat"]
    assert letters(either, box) == ["1", "2"]


def test_all_that_came_meanwhile_comes_again_in_one_batch_and_is_taken_once(either, box):
    either.office.hold("letter_1")
    outcomes(either, message(box, 2), message(box, 3))
    batch = [message(box, sequence) for sequence in (1, 2, 3, 4)]
    assert outcomes(either, *batch) == ["taken"] * 4
    assert (letters(either, box), kept(either), place(either)) == (["1", "2", "3", "4"], [], (4, False, False))


def test_a_held_subject_holds_back_no_other(either, box):
    either.office.hold("letter_1")
    assert outcomes(either, message(box, 2), message(box, 1, subject="letter_2")) == ["kept", "taken"]
    assert outcomes(either, message(box, 3, subject="letter_2")) == ["gap"]


def test_an_event_that_waited_long_enough_is_kept_and_those_after_it_at_once(either, box):
    assert outcomes(either, message(box, 3)) == ["gap"]
    assert outcomes(either, message(box, 3), keep=True) == ["kept"]
    assert outcomes(either, message(box, 5), message(box, 2)) == ["kept", "kept"]
    assert outcomes(either, message(box, 1)) == ["taken"]
    assert (letters(either, box), kept(either), place(either)) == (["1", "2", "3"], [5], (3, False, True))
    assert outcomes(either, message(box, 4)) == ["taken"]
    assert (letters(either, box), kept(either)) == (["1", "2", "3", "4", "5"], [])


def test_an_event_whose_turn_it_is_is_taken_even_where_it_might_be_kept(either, box):
    assert outcomes(either, message(box, 1), keep=True) == ["taken"]
    assert outcomes(either, message(box, 1), message(box, 2), keep=True) == ["repeat", "taken"]


def test_a_baseline_takes_what_follows_and_forgets_what_does_not(either, box):
    outcomes(either, *(message(box, sequence) for sequence in (2, 3, 5, 6, 8)), keep=True)
    either.office.baseline("letter_1", 4)
    assert (letters(either, box), kept(either), place(either)) == (["5", "6"], [8], (6, False, True))
    either.office.baseline("letter_1", 8)
    assert (kept(either), place(either)) == ([], (8, False, False))
    assert outcomes(either, message(box, 9)) == ["taken"]


@pytest.mark.parametrize("mood", ["refuse", "stumble"])
def test_a_kept_event_that_is_not_taken_stays_with_its_reason_and_is_tried_again(either, box, mood):
    either.office.hold("letter_1")
    outcomes(either, message(box, 2, mood), message(box, 3))
    assert outcomes(either, message(box, 1)) == ["taken"]
    assert (letters(either, box), kept(either), place(either)) == (["1"], [2, 3], (1, False, True))
    (row,) = either.office.kept()
    assert (row["subject"], row["last"], row["first"], row["kept"], row["attempts"]) == ("letter_1", 1, 2, 2, 1)
    assert ("refused" if mood == "refuse" else "failed") in row["reason"]
    assert either.office.take_kept() == 0
    assert either.office.kept()[0]["attempts"] == 1, "not before its time"
    due_now(either)
    assert either.office.take_kept() == 0
    assert either.office.kept()[0]["attempts"] == 2
    with either.office.database.writing() as connection:
        table = tables.waiting_events
        connection.execute(update(table).where(table.c.sequence == 2).values(body=message(box, 2, "calm")))
    due_now(either)
    assert either.office.take_kept() == 2
    assert (letters(either, box), kept(either)) == (["1", "calm", "3"], [])


def test_a_release_tries_a_kept_event_at_once(either, box):
    either.office.hold("letter_1")
    outcomes(either, message(box, 2, "refuse"), message(box, 1))
    with either.office.database.writing() as connection:
        connection.execute(update(tables.waiting_events).values(body=message(box, 2)))
    either.office.release("letter_1")
    assert letters(either, box) == ["1", "2"]


def test_a_kept_event_during_which_the_process_ends_is_counted_and_tried_alone(either, box, monkeypatch):
    either.office.hold("letter_1")
    outcomes(either, *(message(box, sequence) for sequence in (2, 3, 4)))
    perform, ended = either.office.performer.perform, []

    def end_at_three(connection, command, now):
        if command.data["mood"] == "3" and not ended:
            ended.append(True)
            raise KeyboardInterrupt
        return perform(connection, command, now)

    monkeypatch.setattr(either.office.performer, "perform", end_at_three)
    with pytest.raises(KeyboardInterrupt):
        outcomes(either, message(box, 1))
    assert (letters(either, box), kept(either)) == (["1"], [2, 3, 4])
    assert either.office.kept()[0]["attempts"] == 1
    assert either.office.take_kept() == 0, "not at once"
    due_now(either)
    assert either.office.take_kept() == 3
    assert letters(either, box) == ["1", "2", "3", "4"]


def test_many_kept_events_are_taken_a_bounded_number_in_a_transaction(either, box, monkeypatch):
    monkeypatch.setattr(inbox, "TOGETHER", 4)
    monkeypatch.setattr(inbox, "TRANSACTIONS", 2)
    outcomes(either, *(message(box, sequence) for sequence in range(2, 13)), keep=True)
    assert outcomes(either, message(box, 1)) == ["taken"]
    assert letters(either, box) == [str(number) for number in range(1, 10)]
    assert either.office.take_kept() == 3
    assert letters(either, box) == [str(number) for number in range(1, 13)]


def test_health_counts_what_is_kept(either, box):
    assert either.office.health()["kept"] == 0
    outcomes(either, message(box, 3), message(box, 4), keep=True)
    assert (either.office.health()["kept"], either.office.health()["held"]) == (2, 0)


def test_whoever_waits_is_woken_by_kept_events_too(either, box):
    outcomes(either, message(box, 2), keep=True)
    woken = []
    either.office.on_commit.append(lambda: woken.append(True))
    outcomes(either, message(box, 1))
    assert woken == [True, True]


def test_an_event_that_is_kept_while_the_one_before_it_is_taken_does_not_stay_behind(on_postgresql):
    stage = on_postgresql
    box = stage.act("keeper", "box", "keep", {"label": "甲"})["root"]
    gate = threading.Barrier(2)

    def receive(body):
        gate.wait(30)
        return outcomes(stage, body, keep=True)

    with ThreadPoolExecutor(2) as pool:
        for turn in range(25):
            bodies = [message(box, sequence, subject=f"letter_{turn}") for sequence in (1, 2)]
            for body, (outcome,) in zip(bodies, pool.map(receive, bodies), strict=True):
                if outcome in ("gap", "failed"):  # goes through the retry queue
                    assert outcomes(stage, body)[0] in ("taken", "repeat")
            assert place(stage, f"letter_{turn}")[0] == 2
    with stage.office.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(tables.waiting_events)).scalar_one() == 0
