"""The scheduler's round: it journals lapses, reminds of what is nearly due, and recounts provisional dates. It never decides anything.

Each run of a clock carries the moment at which it has to be looked at next (`clocks.look_at`), written with the run, so a
round reads due rows only. A provisional date is looked at once the calendar knows its year.
"""

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, bindparam, or_, select, update

from chassis.core.acts.clocks import clock_entry
from chassis.core.acts.command import Command, Unit
from chassis.core.acts.entries import append_entry
from chassis.core.acts.perform import Performer
from chassis.core.contracts.facts import CLOCK_LAPSED, CLOCK_NEAR
from chassis.core.dates.times import iso
from chassis.core.ids import new_id
from chassis.core.rulebook.model import ClockRule
from chassis.core.storage import leases, roots, tables
from chassis.core.storage.database import Database
from chassis.core.storage.roots import NEAR, ClockRun, Loaded
from chassis.core.trust.tokens import SYSTEM

LEASE = "scheduler"
LEASE_SECONDS = 15
ROUND = 100
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""How much later a run is looked at again whose noting raised: after the first time, the second, …"""
CALENDAR_SECONDS = 3600
"""How often provisional dates are held against the calendar while its last known year stays the same: a process with an
older calendar may have written some meanwhile."""
DUE = (
    select(tables.clocks.c.id, tables.clocks.c.root_id)
    .where(tables.clocks.c.look_at <= bindparam("now"))
    .order_by(tables.clocks.c.look_at)
    .limit(ROUND)
)


def one_round(steps: Iterable[Callable[[], int]]) -> bool:
    """Do each step, whether or not another raises; tell whether any did something, so that more may wait. Raises the last fault."""
    more, fault = False, None
    for step in steps:
        try:
            more = step() > 0 or more
        except Exception as raised:
            structlog.get_logger(__name__).warning("a step of a round failed", reason=str(raised))
            fault = raised
    if fault is not None:
        raise fault
    return more


class Scheduler:
    """One service's scheduler; of several processes the one that holds the lease does the round."""

    def __init__(self, database: Database, performer: Performer, now: Callable[[], datetime]) -> None:
        self._database = database
        self._performer = performer
        self._calendar = performer.clocks.calendar
        self._now = now
        self._failures: dict[str, int] = {}
        self._announced = 0
        self._calendar_after = 0.0

    def lapse(self) -> int:
        """Do one round, under the lease where anything is due; returns how many clocks were noted."""
        self._look_at_provisional()
        with self._database.reading() as connection:
            due = connection.execute(DUE, {"now": iso(self._now())}).all()
        if not due:
            return 0
        with self._database.writing() as connection:
            if not leases.take(connection, LEASE, LEASE_SECONDS):
                return 0
        return sum(self._noted(row.id, row.root_id) for row in due)

    def _look_at_provisional(self) -> None:
        """Have those provisional dates looked at whose year the calendar has come to know since they were counted."""
        announced, clocks, now = self._calendar.announced, tables.clocks, iso(self._now())
        if announced == self._announced and time.monotonic() < self._calendar_after:
            return
        with self._database.writing() as connection:
            if leases.take(connection, LEASE, LEASE_SECONDS):
                later = or_(clocks.c.look_at.is_(None), clocks.c.look_at > now)
                known = clocks.c.due_on <= f"{announced}-12-31"
                connection.execute(update(clocks).where(tables.PROVISIONAL, known, later).values(look_at=now))
        self._announced, self._calendar_after = announced, time.monotonic() + CALENDAR_SECONDS

    def _noted(self, clock_id: str, root_id: str) -> bool:
        """Note one run in a transaction of its own; one that raises is logged and looked at again later."""
        try:
            with self._database.writing() as connection:
                noted = self._note(connection, clock_id, root_id)
        except Exception:
            structlog.get_logger(__name__).exception("a clock could not be noted", clock=clock_id, root=root_id)
            self._put_off(clock_id)
            return False
        self._failures.pop(clock_id, None)
        return noted

    def _put_off(self, clock_id: str) -> None:
        clocks, now = tables.clocks, self._now()
        failures = self._failures.get(clock_id, 0)
        self._failures[clock_id] = failures + 1
        later = iso(now + BACK_OFF[min(failures, len(BACK_OFF) - 1)])
        still_due = (clocks.c.id == clock_id) & (clocks.c.look_at <= iso(now))
        with self._database.writing() as connection:
            connection.execute(update(clocks).where(still_due).values(look_at=later))

    def _note(self, connection: Connection, clock_id: str, root_id: str) -> bool:
        """Note what there is to note of a run, as it stands under the lock of its root; tell whether there was anything."""
        loaded = roots.load(connection, root_id, lock=True)
        run = next(run for run in loaded.clocks if run.id == clock_id)
        if run.state != "running":
            return False
        now = self._now()
        known = int(run.due_on[:4]) <= self._calendar.announced
        recounted = run.provisional and known and self._performer.clocks.recompute(run, now)
        lapsed = not run.lapse_noted and run.due_at <= iso(now)
        near = not run.lapse_noted and not run.reminded and run.due_at <= iso(now + NEAR)
        run.reminded, run.lapse_noted, run.touched = run.reminded or near, run.lapse_noted or lapsed, True
        if not recounted and not lapsed and not near:
            connection.execute(update(tables.clocks).where(tables.clocks.c.id == run.id).values(look_at=run.look_at))
            return False
        self._write(connection, loaded, run, recounted=recounted, lapsed=lapsed, near=near)
        return True

    def _write(
        self, connection: Connection, loaded: Loaded, run: ClockRun, *, recounted: bool, lapsed: bool, near: bool
    ) -> None:
        """Journal the recount and the lapse, publish the lapse or the reminder, and write the root."""
        now, root = self._now(), loaded.root
        book = self._performer.registry.of(root.regime)
        rule = book.kinds[root.kind].clocks[run.name]
        unit = Unit(connection, Command(new_id("round"), root.kind, "lapse", SYSTEM, {}, root=root.id), now)
        for happened, name, event in ((recounted, "recount", "recounted"), (lapsed, "lapse", "lapsed")):
            if happened:
                content = {"clocks": [clock_entry(run, event, rule, iso(now))]}
                append_entry(unit, loaded, book.hash, name, rule.clause, content)
        if lapsed or near:
            self._publish(unit, loaded, run, rule, CLOCK_LAPSED if lapsed else CLOCK_NEAR)
        unit.touched[root.id] = loaded
        self._performer.write(unit)

    def _publish(self, unit: Unit, loaded: Loaded, run: ClockRun, rule: ClockRule, name: str) -> None:
        data: dict[str, Any] = {
            "root": loaded.root.id,
            "root_kind": loaded.root.kind,
            "part": run.part_id or None,
            "clock": run.name,
            "clause": rule.clause,
            "due_on": run.due_on,
            "advisory": rule.advisory,
        }
        self._performer.publish(unit, loaded, name, data)
