"""The scheduler's round: it journals lapses, reminds of what is nearly due, and recounts provisional dates. It never decides anything."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, update
from sqlalchemy.exc import IntegrityError

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
from chassis.core.storage.roots import ClockRun, Loaded
from chassis.core.trust.tokens import SYSTEM

LEASE_SECONDS = 15
NEAR = timedelta(days=2)
ROUND = 100


class Scheduler:
    """One service's scheduler; of several processes the one that holds the lease does the round."""

    def __init__(self, database: Database, performer: Performer, now: Callable[[], datetime]) -> None:
        self._database = database
        self._performer = performer
        self._calendar = performer.clocks.calendar
        self._now = now

    def lapse(self) -> int:
        """Do one round under the lease; returns how many clocks were noted."""
        try:
            with self._database.writing() as connection:
                if not leases.take(connection, "scheduler", LEASE_SECONDS):
                    return 0
        except IntegrityError:
            return 0
        with self._database.reading() as connection:
            due = self._due(connection)
        for row in due:
            with self._database.writing() as connection:
                self._note(connection, row)
        return len(due)

    def _due(self, connection: Connection) -> list[Any]:
        clocks, now = tables.clocks, self._now()
        lapsed = (clocks.c.due_at <= iso(now)) & clocks.c.lapse_noted.is_(False)
        near = (clocks.c.due_at <= iso(now + NEAR)) & clocks.c.reminded.is_(False)
        query = select(clocks.c.id, clocks.c.root_id).where(
            clocks.c.state == "running", or_(lapsed, near, self._recountable())
        )
        return list(connection.execute(query.order_by(clocks.c.due_at).limit(ROUND)).all())

    def _recountable(self) -> ColumnElement[bool]:
        clocks = tables.clocks
        return clocks.c.provisional.is_(True) & (clocks.c.due_on <= f"{self._calendar.announced}-12-31")

    def _note(self, connection: Connection, row: Any) -> None:
        loaded = roots.load(connection, row.root_id, lock=True)
        run = next(run for run in loaded.clocks if run.id == row.id)
        if run.state != "running":
            return
        now, root = self._now(), loaded.root
        book = self._performer.registry.of(root.regime)
        rule = book.kinds[root.kind].clocks[run.name]
        unit = Unit(connection, Command(new_id("round"), root.kind, "lapse", SYSTEM, {}, root=root.id), now)

        def enter(name: str, event: str) -> None:
            content = {"clocks": [clock_entry(run, event, rule, iso(now))]}
            append_entry(unit, loaded, book.hash, name, rule.clause, content)

        if run.provisional and self._performer.clocks.recompute(run):
            enter("recount", "recounted")
        near, lapsed = run.due_at <= iso(now + NEAR), run.due_at <= iso(now)
        if lapsed:
            enter("lapse", "lapsed")
        if near or lapsed:
            self._publish(unit, loaded, run, rule, CLOCK_LAPSED if lapsed else CLOCK_NEAR)
        unit.touched[root.id] = loaded
        self._performer.write(unit)
        values = {"reminded": near, "lapse_noted": lapsed}
        connection.execute(update(tables.clocks).where(tables.clocks.c.id == row.id).values(**values))

    def _publish(self, unit: Unit, loaded: Loaded, run: ClockRun, rule: ClockRule, name: str) -> None:
        data = {
            "root": loaded.root.id,
            "root_kind": loaded.root.kind,
            "part": run.part_id or None,
            "clock": run.name,
            "clause": rule.clause,
            "due_on": run.due_on,
            "advisory": rule.advisory,
        }
        self._performer.publish(unit, loaded, name, data)
