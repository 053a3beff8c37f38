"""What is stored under which rulebook: counts of states, parts and running clocks, for the check at the start."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from chassis.core.storage import tables


@dataclass(frozen=True, slots=True)
class Stored:
    """So many roots, parts or running clocks of one name. `what` is `state`, `part` or `clock`; `part` its kind of part."""

    regime: str
    kind: str
    what: str
    name: str
    count: int
    part: str | None = None


def stored(connection: Connection) -> Iterator[Stored]:
    """Yield what the roots of this database are in: states, states of parts, and clocks that run."""
    roots, parts, clocks = tables.roots, tables.parts, tables.clocks
    states = select(roots.c.regime, roots.c.kind, roots.c.state, func.count()).group_by(
        roots.c.regime, roots.c.kind, roots.c.state
    )
    for regime, kind, state, count in connection.execute(states):
        yield Stored(regime, kind, "state", state, count)
    of_parts = (
        select(roots.c.regime, roots.c.kind, parts.c.kind.label("part"), parts.c.state, func.count())
        .join(roots, roots.c.id == parts.c.root_id)
        .group_by(roots.c.regime, roots.c.kind, parts.c.kind, parts.c.state)
    )
    for regime, kind, part, state, count in connection.execute(of_parts):
        yield Stored(regime, kind, "part", state, count, part)
    running = (
        select(roots.c.regime, roots.c.kind, clocks.c.name, func.count())
        .join(roots, roots.c.id == clocks.c.root_id)
        .where(clocks.c.state == "running")
        .group_by(roots.c.regime, roots.c.kind, clocks.c.name)
    )
    for regime, kind, name, count in connection.execute(running):
        yield Stored(regime, kind, "clock", name, count)
