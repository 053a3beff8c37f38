"""The scheduler's round: it journals lapses, reminds of what is nearly due, and recounts provisional dates. It never decides anything."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.exc import IntegrityError

from chassis.core import leases, store, tables
from chassis.core.clockwork import told
from chassis.core.command import Command, Unit
from chassis.core.facts import CLOCK_LAPSED, CLOCK_NEAR
from chassis.core.ids import new_id
from chassis.core.rulebook import ClockRule
from chassis.core.times import iso
from chassis.core.tokens import SYSTEM

if TYPE_CHECKING:
    from chassis.core.application import Office

LEASE_SECONDS = 15
NEAR = timedelta(days=2)
ROUND = 100


def lapse(office: "Office") -> int:
    """Do one round under the lease; returns how many clocks were noted."""
    try:
        with office.database.writing() as connection:
            if not leases.take(connection, "scheduler", LEASE_SECONDS):
                return 0
    except IntegrityError:
        return 0
    with office.database.reading() as connection:
        due = _due(office, connection)
    for row in due:
        with office.database.writing() as connection:
            _note(office, connection, row)
    return len(due)


def _due(office: "Office", connection: Connection) -> list[Any]:
    clocks, now = tables.clocks, office.clock.now()
    lapsed = (clocks.c.due_at <= iso(now)) & clocks.c.lapse_noted.is_(False)
    near = (clocks.c.due_at <= iso(now + NEAR)) & clocks.c.reminded.is_(False)
    query = select(clocks.c.id, clocks.c.root_id).where(
        clocks.c.state == "running", or_(lapsed, near, _recountable(office))
    )
    return list(connection.execute(query.order_by(clocks.c.due_at).limit(ROUND)).all())


def _recountable(office: "Office") -> Any:
    clocks = tables.clocks
    return clocks.c.provisional.is_(True) & (clocks.c.due_on <= f"{office.calendar.announced}-12-31")


def _note(office: "Office", connection: Connection, row: Any) -> None:
    loaded = store.load(connection, row.root_id, lock=True)
    run = next(found for found in loaded.clocks if found.id == row.id)
    if run.state != "running":
        return
    now = office.clock.now()
    rule = office.rulebook.kinds[loaded.root.kind].clocks[run.name]
    unit = Unit(connection, Command(new_id("round"), loaded.root.kind, "lapse", SYSTEM, {}, root=loaded.root.id), now)
    if run.provisional and office.work.clockwork.recompute(run):
        _journal(office, unit, loaded, "recount", told(run, "recounted", rule, iso(now)), rule.clause)
    near, lapsed = run.due_at <= iso(now + NEAR), run.due_at <= iso(now)
    if lapsed:
        _journal(office, unit, loaded, "lapse", told(run, "lapsed", rule, iso(now)), rule.clause)
    if near or lapsed:
        _tell(office, unit, loaded, run, rule, CLOCK_LAPSED if lapsed else CLOCK_NEAR)
    unit.touched[loaded.root.id] = loaded
    office.work.write(unit)
    values = {"reminded": near, "lapse_noted": lapsed}
    connection.execute(update(tables.clocks).where(tables.clocks.c.id == row.id).values(**values))


def _tell(office: "Office", unit: Unit, loaded: store.Loaded, run: store.ClockRun, rule: ClockRule, name: str) -> None:
    data: dict[str, Any] = {
        "root": loaded.root.id,
        "root_kind": loaded.root.kind,
        "part": run.part_id or None,
        "clock": run.name,
    }
    data |= {"clause": rule.clause, "due_on": run.due_on, "advisory": rule.advisory}
    office.work.tell(unit, loaded, name, data)


def _journal(office: "Office", unit: Unit, loaded: store.Loaded, name: str, clock: dict[str, Any], clause: str) -> None:
    office.work.append(unit, loaded, name, clause, {"clocks": [clock], "part": clock.get("part")})
