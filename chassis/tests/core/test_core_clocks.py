"""Clocks: started, met, late, extended, replaced, recounted; and the acts that a period opens or closes."""

import pytest
from sqlalchemy import select, update

from chassis.core import Refusal
from chassis.core.dates.calendar import WorkingCalendar
from chassis.core.storage import leases, tables

DAY = "2026-07-06"
DUE = "2026-07-20"


@pytest.fixture
def box(stage):
    return stage.act("keeper", "box", "keep", {"label": "甲"})["root"]


def run(stage, box, name):
    return [(run.state, run.due_on) for run in stage.system(box).clocks if run.name == name]


def test_an_act_starts_a_clock_on_the_date_in_its_data(stage, box):
    stage.on("2026-07-08")
    outcome = stage.act("keeper", "box", "seal", {"sealed_on": DAY})
    assert outcome["clocks"] == [
        {"clock": "protest", "event": "started", "clause": "1", "start_on": DAY, "due_on": DUE}
    ]
    assert run(stage, box, "protest") == [("running", DUE)]


def test_a_corrected_date_replaces_the_clock(stage, box):
    stage.act("keeper", "box", "seal", {"sealed_on": DAY})
    stage.act("keeper", "box", "reseal", {"sealed_on": "2026-07-03"})
    assert run(stage, box, "protest") == [("replaced", DUE), ("running", "2026-07-17")]
    assert [clock["due_on"] for clock in stage.get("keeper", box)["clocks"]] == ["2026-07-17"]


@pytest.mark.parametrize(("day", "at", "in_time"), [(DUE, "23:59:59.999999", True), ("2026-07-21", "00:00:00", False)])
def test_the_period_ends_with_its_last_working_day_in_shanghai(stage, box, day, at, in_time):
    stage.act("keeper", "box", "seal", {"sealed_on": DAY})
    stage.on(day, at)
    if in_time:
        with pytest.raises(Refusal, match="early") as refused:
            stage.act("keeper", "box", "publish")
        assert stage.act("owner", "box", "protest")["state"] == "kept"
    else:
        with pytest.raises(Refusal, match="late") as refused:
            stage.act("owner", "box", "protest")
        assert stage.act("keeper", "box", "publish")["state"] == "shown"
    assert refused.value.facts["due_on"] == DUE and refused.value.clause == "1"


def test_what_a_met_clock_would_have_opened_stays_closed(stage, box):
    stage.act("keeper", "box", "seal", {"sealed_on": DAY})
    stage.act("owner", "box", "protest")
    stage.act("keeper", "box", "seal", {"sealed_on": DAY})
    assert run(stage, box, "protest") == [("met", DUE), ("running", DUE)]
    stage.act("owner", "box", "protest")
    assert [state for state, _ in run(stage, box, "protest")] == ["met", "met"]


def test_what_comes_after_its_period_is_met_and_late(stage, box):
    stage.act("keeper", "box", "ask", {"days": 3})
    stage.on("2026-07-10")
    (met,) = stage.act("owner", "box", "answer")["clocks"]
    assert (met["event"], met["due_on"], met["late"]) == ("met", "2026-07-09", True)


def test_a_running_period_is_lengthened_by_its_own_unit(stage, box):
    stage.act("keeper", "box", "ask", {"days": 3})
    stage.act("keeper", "box", "lengthen", {"days": 2})
    assert run(stage, box, "answer") == [("running", "2026-07-13")]


def test_a_lapsed_period_is_not_lengthened(stage, box):
    stage.act("keeper", "box", "ask", {"days": 3})
    stage.on("2026-07-10", "00:00:00")
    with pytest.raises(Refusal, match="late"):
        stage.act("keeper", "box", "lengthen", {"days": 2})
    assert run(stage, box, "answer") == [("running", "2026-07-09")]


def test_a_period_that_does_not_run_is_not_lengthened(stage, box):
    with pytest.raises(Refusal, match="wrong-state"):
        stage.act("keeper", "box", "lengthen", {"days": 2})
    stage.act("keeper", "box", "ask", {"days": 3})
    stage.act("keeper", "box", "drop")
    assert run(stage, box, "answer") == [("stopped", "2026-07-09")]
    with pytest.raises(Refusal, match="wrong-state"):
        stage.act("keeper", "box", "lengthen", {"days": 2})


def test_a_term_ends_on_the_day_that_was_named_and_a_month_on_a_working_day(stage, box):
    stage.act("keeper", "box", "lend", {"ends_on": "2026-08-01"})
    assert run(stage, box, "term") == [("running", "2026-08-01")]
    assert run(stage, box, "month") == [("running", "2026-08-06")]
    (month,) = [clock for clock in stage.outcome["clocks"] if clock["clock"] == "month"]
    assert month["advisory"] is True


def test_a_clock_of_a_part_is_met_on_that_part_alone(stage, box):
    for _ in range(2):
        stage.act("keeper", "box", "pin", {"holder": "org_holder"})
    first, second = (part.id for part in stage.system(box).parts)
    stage.act("holder", "box", "tear", part=first)
    states = {run.part_id: run.state for run in stage.system(box).clocks}
    assert states == {first: "met", second: "running"}


def test_a_lapse_is_journaled_once_and_decides_nothing(stage, box):
    stage.act("keeper", "box", "seal", {"sealed_on": DAY})
    stage.on(DUE, "23:59:59")
    stage.office.lapse()
    assert [entry["act"] for entry in stage.entries(box)] == ["keep", "seal"]
    stage.on("2026-07-21", "00:00:00")
    assert (stage.office.lapse(), stage.office.lapse()) == (1, 0)
    assert stage.entries(box)[-1]["act"] == "lapse"
    assert stage.entries(box)[-1]["actor"] == {"system": True}
    assert stage.system(box).root.state == "sealed"
    assert stage.office.verify(box) == []


def test_only_whoever_holds_the_lease_notes_lapses(stage, box, monkeypatch):
    stage.act("keeper", "box", "seal", {"sealed_on": DAY})
    stage.on("2026-07-21")
    mine = leases.HOLDER
    monkeypatch.setattr(leases, "HOLDER", "process_other")
    with stage.office.database.writing() as connection:
        assert leases.take(connection, "scheduler", 60)
    monkeypatch.setattr(leases, "HOLDER", mine)
    assert stage.office.lapse() == 0
    with stage.office.database.writing() as connection:
        connection.execute(update(tables.leases).values(until=0))
    assert stage.office.lapse() == 1


def test_a_provisional_date_is_counted_again_once_the_notice_is_out(stage, box):
    stage.on("2026-12-25")
    stage.office.clocks.calendar._announced = 2025
    stage.act("keeper", "box", "ask", {"days": 3})
    stage.act("keeper", "box", "lend", {"ends_on": "2026-12-31"})
    assert {run.name: run.provisional for run in stage.system(box).clocks} == {
        "answer": True,
        "term": True,
        "month": True,
    }
    with stage.office.database.writing() as connection:
        connection.execute(update(tables.clocks).where(tables.clocks.c.name == "answer").values(due_on="2026-12-29"))
    stage.office.clocks.calendar._announced = WorkingCalendar().announced
    stage.on("2026-12-26")
    while stage.office.lapse():
        pass
    assert {run.name: run.provisional for run in stage.system(box).clocks} == {
        "answer": False,
        "term": False,
        "month": True,
    }
    assert run(stage, box, "answer") == [("running", "2026-12-30")]
    recounted = [clock for entry in stage.entries(box) if entry["act"] == "recount" for clock in entry["clocks"]]
    assert [clock["clock"] for clock in recounted] == ["answer", "term"]
    assert stage.office.verify(box) == []


def test_a_reminder_is_kept_once(stage, box):
    stage.act("keeper", "box", "ask", {"days": 1})
    assert (stage.office.lapse(), stage.office.lapse()) == (1, 0)
    with stage.office.database.reading() as connection:
        assert connection.execute(select(tables.clocks.c.reminded)).scalars().all() == [True]
