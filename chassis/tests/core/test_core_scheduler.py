"""The scheduler: due rows only, a reminder once, a lapse once, a recount once; one bad row stops nobody."""

import json

import pytest
from sqlalchemy import event, insert, select, update

from chassis.core.dates.calendar import WorkingCalendar
from chassis.core.storage import leases, tables
from chassis.core.triggers.scheduler import DUE, one_round

NEVER = "2099-01-01T00:00:00.000000Z"


@pytest.fixture
def box(either):
    return either.act("keeper", "box", "keep", {"label": "甲"})["root"]


@pytest.fixture
def statements(either):
    """The statements that the database is sent, as they are sent."""
    sent = []

    @event.listens_for(either.office.database.engine, "before_cursor_execute")
    def note(connection, cursor, statement, parameters, context, many):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    yield sent
    event.remove(either.office.database.engine, "before_cursor_execute", note)


def look_at(stage, name):
    with stage.office.database.reading() as connection:
        return connection.execute(select(tables.clocks.c.look_at).where(tables.clocks.c.name == name)).scalars().all()


def published(stage):
    """The reminders and lapses in the outbox, oldest first."""
    box = tables.outbox
    query = select(box.c.type, box.c.body).where(box.c.type.like("%.clock-%")).order_by(box.c.id)
    with stage.office.database.reading() as connection:
        rows = connection.execute(query).all()
    return [(row.type.split(".")[1], json.loads(row.body)["data"]["due_on"]) for row in rows]


def journaled(stage, box):
    return [entry["act"] for entry in stage.entries(box) if entry["act"] in ("lapse", "recount")]


def until_quiet(stage):
    """Do rounds until one notes nothing; returns how many clocks were noted."""
    noted = 0
    while number := stage.office.lapse():
        noted += number
    return noted


def fill(stage, box, numbers):
    """Give a box running clocks that are due in many years."""
    row = {"root_id": box, "part_id": "", "name": "month", "start_on": "2026-07-06", "length": "1 months"}
    row |= {"due_on": "2099-01-03", "due_at": NEVER, "provisional": False, "state": "running"}
    row |= {"reminded": False, "lapse_noted": False, "look_at": NEVER}
    with stage.office.database.writing() as connection:
        connection.execute(insert(tables.clocks), [{**row, "id": f"clock_{n}"} for n in numbers])


def test_a_round_with_nothing_due_is_one_look_up_however_many_clocks_run(either, box, statements):
    either.act("keeper", "box", "lend", {"ends_on": "2026-12-01"})
    either.office.lapse()
    sizes = []
    for numbers in (range(3), range(3, 300)):
        fill(either, box, numbers)
        statements.clear()
        assert either.office.lapse() == 0
        sizes.append(len(statements))
    assert sizes == [1, 1]
    assert statements[0].startswith("SELECT") and "look_at <=" in statements[0]


def test_the_look_up_reads_the_index_and_not_the_table(either, box):
    fill(either, box, range(5000))
    explain = "explain query plan" if either.office.database.sqlite else "explain"
    query = DUE.params(now="2026-07-06T02:00:00.000000Z")
    sql = query.compile(either.office.database.engine, compile_kwargs={"literal_binds": True})
    with either.office.database.writing() as connection:
        connection.exec_driver_sql("analyze")
        plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{explain} {sql}"))
    assert "clocks_look_at" in plan and "Seq Scan" not in plan and "SCAN clocks" not in plan


def test_a_period_is_reminded_of_once_and_lapses_once(either, box):
    either.act("keeper", "box", "seal", {"sealed_on": "2026-07-06"})
    assert look_at(either, "protest") == ["2026-07-18T16:00:00.000000Z"]
    either.on("2026-07-18", "23:59:59")
    assert until_quiet(either) == 0
    either.on("2026-07-19", "00:00:00")
    assert until_quiet(either) == 1
    assert published(either) == [("clock-near", "2026-07-20")]
    assert look_at(either, "protest") == ["2026-07-20T16:00:00.000000Z"]
    either.on("2026-07-21", "00:00:00")
    assert until_quiet(either) == 1
    assert published(either) == [("clock-near", "2026-07-20"), ("clock-lapsed", "2026-07-20")]
    assert (journaled(either, box), look_at(either, "protest")) == (["lapse"], [None])
    either.on("2026-09-01")
    assert until_quiet(either) == 0
    assert either.office.verify(box) == []


def test_a_period_that_lapsed_unseen_is_told_of_once(either, box):
    either.act("keeper", "box", "seal", {"sealed_on": "2026-07-06"})
    either.on("2026-09-01")
    assert until_quiet(either) == 1
    assert published(either) == [("clock-lapsed", "2026-07-20")]


def test_an_extended_period_is_reminded_of_again_and_lapses_at_its_new_end(either, box):
    either.act("keeper", "box", "ask", {"days": 1})
    assert until_quiet(either) == 1
    either.act("keeper", "box", "lengthen", {"days": 6})
    assert until_quiet(either) == 0
    either.on("2026-07-14")
    assert until_quiet(either) == 1
    either.on("2026-07-16")
    assert until_quiet(either) == 1
    ends = [("clock-near", "2026-07-07"), ("clock-near", "2026-07-15"), ("clock-lapsed", "2026-07-15")]
    assert published(either) == ends


def test_a_corrected_period_is_reminded_of_and_lapses_anew(either, box):
    either.act("keeper", "box", "seal", {"sealed_on": "2026-07-06"})
    either.on("2026-07-21")
    assert until_quiet(either) == 1
    either.act("keeper", "box", "reseal", {"sealed_on": "2026-07-20"})
    assert until_quiet(either) == 0
    either.on("2026-08-02")
    assert until_quiet(either) == 1
    either.on("2026-08-04")
    assert until_quiet(either) == 1
    assert published(either)[1:] == [("clock-near", "2026-08-03"), ("clock-lapsed", "2026-08-03")]
    assert journaled(either, box) == ["lapse", "lapse"]


@pytest.mark.parametrize("act", ["answer", "drop"])
def test_a_period_that_ended_is_looked_at_no_more(either, box, act):
    either.act("keeper", "box", "ask", {"days": 9})
    either.act("owner" if act == "answer" else "keeper", "box", act)
    assert look_at(either, "answer") == [None]
    either.on("2026-12-01")
    assert until_quiet(either) == 0


def forecast(stage):
    """Have the calendar know nothing of 2027 and a period end there that a notice would end a day earlier."""
    stage.office.clocks.calendar._announced = 2025
    stage.on("2026-12-25")
    stage.act("keeper", "box", "ask", {"days": 3})
    with stage.office.database.writing() as connection:
        late = {
            "due_on": "2026-12-31",
            "due_at": "2026-12-31T16:00:00.000000Z",
            "look_at": "2026-12-29T16:00:00.000000Z",
        }
        connection.execute(update(tables.clocks).where(tables.clocks.c.name == "answer").values(late))


def test_a_provisional_period_is_recounted_once_when_the_calendar_learns_the_year(either, box):
    forecast(either)
    assert until_quiet(either) == 0
    either.office.clocks.calendar._announced = WorkingCalendar().announced
    assert until_quiet(either) == 1
    assert journaled(either, box) == ["recount"]
    assert (until_quiet(either), journaled(either, box)) == (0, ["recount"])
    assert look_at(either, "answer") == ["2026-12-28T16:00:00.000000Z"]


def test_a_period_that_is_recounted_after_its_lapse_does_not_lapse_twice(either, box):
    forecast(either)
    either.on("2027-01-02")
    assert until_quiet(either) == 1
    either.office.clocks.calendar._announced = WorkingCalendar().announced
    assert until_quiet(either) == 1
    assert journaled(either, box) == ["lapse", "recount"]
    assert published(either) == [("clock-lapsed", "2026-12-31")]


def test_a_calendar_that_knows_no_more_than_before_recounts_nothing(either, box):
    forecast(either)
    with either.office.database.writing() as connection:
        connection.execute(update(tables.clocks).values(look_at="2026-12-01T00:00:00.000000Z"))
    assert until_quiet(either) == 0
    assert (journaled(either, box), look_at(either, "answer")) == ([], ["2026-12-29T16:00:00.000000Z"])


def test_one_run_that_cannot_be_noted_stops_nobody_and_is_tried_again_later(either, box):
    other = either.act("keeper", "box", "keep", {"label": "乙"})["root"]
    for root in (box, other):
        either.act("keeper", "box", "seal", {"sealed_on": "2026-07-06"}, root=root)
    unknown = update(tables.clocks).where(tables.clocks.c.root_id == box)
    with either.office.database.writing() as connection:
        connection.execute(unknown.values(name="hourglass", look_at="2026-07-01T00:00:00.000000Z"))
    either.on("2026-07-21", "10:00:00")
    assert until_quiet(either) == 1
    assert (journaled(either, box), journaled(either, other)) == ([], ["lapse"])
    assert look_at(either, "hourglass") == ["2026-07-21T02:01:00.000000Z"]
    either.on("2026-07-21", "10:01:00")
    assert until_quiet(either) == 0
    assert look_at(either, "hourglass") == ["2026-07-21T02:06:00.000000Z"]
    with either.office.database.writing() as connection:
        connection.execute(unknown.values(name="protest"))
    either.on("2026-07-21", "10:06:00")
    assert until_quiet(either) == 1
    assert journaled(either, box) == ["lapse"]


def test_a_run_that_an_act_ended_after_the_look_up_is_not_noted(either, box, monkeypatch):
    either.act("keeper", "box", "ask", {"days": 1})
    either.on("2026-07-08")
    scheduler, note = either.office.scheduler, either.office.scheduler._note

    def late(connection, clock_id, root_id):
        connection.execute(update(tables.clocks).values(state="met", look_at=None))
        return note(connection, clock_id, root_id)

    monkeypatch.setattr(scheduler, "_note", late)
    assert either.office.lapse() == 0
    assert journaled(either, box) == []


def test_a_lease_passes_on_when_it_is_not_renewed(either, monkeypatch):
    with either.office.database.writing() as connection:
        assert leases.take(connection, "any", 60) and leases.take(connection, "any", 60)
    monkeypatch.setattr(leases, "HOLDER", "process_other")
    with either.office.database.writing() as connection:
        assert not leases.take(connection, "any", 60)
        connection.execute(update(tables.leases).values(until=0))
        assert leases.take(connection, "any", 60)


def test_a_step_of_a_round_that_raises_does_not_keep_the_others_from_their_turn():
    done = []

    def raises():
        raise OSError("away")

    def works():
        done.append("worked")
        return 0

    with pytest.raises(OSError, match="away"):
        one_round((raises, works))
    assert done == ["worked"]
    assert (one_round((lambda: 0, lambda: 2)), one_round((works, works))) == (True, False)


def test_a_round_of_the_office_notes_lapses_and_says_whether_more_may_wait(either, box):
    either.act("keeper", "box", "ask", {"days": 1})
    assert (either.office.round(), either.office.round()) == (True, False)
