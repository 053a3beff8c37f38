"""Moving stored roots from one edition of a rulebook to the next, as its `moves:` say: a root a transaction, beside acts that go on.

A root that has been moved lives under the new edition, so a run that was broken off goes on where it stopped. Roots in a
final state stay under the edition that they ended under, unless they are asked for too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from chassis.core.acts.clocks import clock_entry
from chassis.core.acts.command import Command, Unit
from chassis.core.acts.entries import append_entry
from chassis.core.acts.perform import Performer
from chassis.core.dates.times import iso
from chassis.core.errors import ConfigurationFault
from chassis.core.ids import new_id
from chassis.core.rulebook.model import KindMoves, KindRule
from chassis.core.rulebook.registry import Registry
from chassis.core.storage import roots, tables
from chassis.core.storage.database import Database
from chassis.core.storage.roots import ClockRun, Loaded
from chassis.core.storage.stored import stored
from chassis.core.trust.tokens import SYSTEM

BATCH = 100


def unknown(registry: Registry, connection: Connection) -> list[str]:
    """Return what is stored that no loaded rulebook knows, with counts: such a service must not start."""
    faults = []
    for row in stored(connection):
        book = registry.books.get(row.regime)
        kind = book.kinds.get(row.kind) if book else None
        where = f"{row.count} stored under {row.regime}: {row.kind}"
        if book is None:
            faults.append(f"{where}, {row.what} {row.name!r}: that rulebook is not loaded")
        elif kind is None:
            faults.append(f"{where}, {row.what} {row.name!r}: the rulebook has no such kind")
        elif row.what == "state" and row.name not in kind.states:
            faults.append(f"{where} in state {row.name!r}, which the rulebook does not know")
        elif row.what == "clock" and row.name not in kind.clocks:
            faults.append(f"{where} with the clock {row.name!r} running, which the rulebook does not know")
        elif row.what == "part" and (row.part not in kind.parts or row.name not in kind.parts[str(row.part)].states):
            faults.append(f"{where} with the part {row.part} in state {row.name!r}, which the rulebook does not know")
    return faults


@dataclass(slots=True)
class Progress:
    """How many roots were moved to the new edition, and how many are left."""

    moved: int = 0
    left: int = 0
    drafts_ended: int = 0


class EditionChange:
    """Applies the `moves:` of one edition to the roots that live under the rulebook it replaces.

    Raises ConfigurationFault where the edition is not loaded or replaces nothing that is.
    """

    def __init__(self, database: Database, performer: Performer, now: Callable[[], datetime], name: str) -> None:
        registry = performer.registry
        book = registry.books.get(name)
        if book is None:
            raise ConfigurationFault([f"the rulebook {name!r} is not loaded; there are: {', '.join(registry.books)}"])
        if book.replaces is None or book.replaces not in registry.books:
            raise ConfigurationFault([f"{name}: `replaces:` names no rulebook that is loaded beside it"])
        self.book = book
        self.old = registry.books[book.replaces]
        self._database = database
        self._performer = performer
        self._now = now

    def apply(self, *, final: bool = False) -> Iterator[Progress]:
        """Move every root (with `final` also those that have ended); yields the progress after each batch."""
        progress = Progress()
        cursor = ""
        while ids := self._next(cursor, final=final):
            for root_id in ids:
                with self._database.writing() as connection:
                    self._move(connection, root_id, progress)
            cursor = ids[-1]
            progress.left = self._left(cursor, final=final)
            yield progress

    def _roots(self, final: bool) -> Any:
        table = tables.roots
        query = select(table.c.id).where(table.c.regime == self.old.name)
        if final:
            return query
        for kind in self.old.kinds.values():
            query = query.where(~((table.c.kind == kind.name) & table.c.state.in_(sorted(kind.final))))
        return query

    def _next(self, cursor: str, *, final: bool) -> list[str]:
        table = tables.roots
        query = self._roots(final).where(table.c.id > cursor).order_by(table.c.id).limit(BATCH)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def _left(self, cursor: str, *, final: bool) -> int:
        left = self._roots(final).where(tables.roots.c.id > cursor).subquery()
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(left)).scalar_one()

    def _move(self, connection: Connection, root_id: str, progress: Progress) -> None:
        """Move one root: states, parts, clocks, drafts; journaled, with the hashes of both editions."""
        loaded = roots.load(connection, root_id, lock=True)
        root = loaded.root
        if root.regime != self.old.name:
            return
        now = self._now()
        command = Command(new_id("edition"), root.kind, "change-rulebook", SYSTEM, {}, root=root.id)
        unit = Unit(connection, command, now)
        kind, moves = self.book.kinds[root.kind], self.book.moves.get(root.kind, KindMoves())
        before = root.state
        root.state = moves.states.get(root.state, root.state)
        moved_parts = _move_parts(loaded, moves)
        clocks = self._move_clocks(connection, loaded, moves, kind, now)
        root.regime = self.book.name
        connection.execute(update(tables.roots).where(tables.roots.c.id == root.id).values(regime=root.regime))
        root.version += 1
        ended = _end_drafts(connection, loaded, moves, kind)
        content = {
            "from": {root.kind: before},
            "to": {root.kind: root.state},
            "clocks": clocks,
            "data": {"from_rulebook": self.old.hash, "rulebook": self.old.name, "parts": moved_parts, "drafts": ended},
        }
        append_entry(unit, loaded, self.book.hash, "change-rulebook", None, content)
        self._performer.write(unit)
        progress.moved += 1
        progress.drafts_ended += len(ended)

    def _move_clocks(
        self, connection: Connection, loaded: Loaded, moves: KindMoves, kind: KindRule, now: datetime
    ) -> list[dict[str, Any]]:
        """Rename running clocks and count them again by the new edition's length, or stop them; returns what the journal says."""
        entries = []
        for run in loaded.clocks:
            target = moves.clocks.get(run.name, run.name)
            if run.state != "running":
                _rename(connection, run, target if target in kind.clocks else None)
                continue
            if target is None:
                rule = self.old.kinds[kind.name].clocks[run.name]
                run.state, run.ended_at, run.touched = "stopped", iso(now), True
                entries.append(clock_entry(run, "stopped", rule, iso(now)))
                continue
            rule, was = kind.clocks[target], (run.name, run.due_on)
            follows = self._has_length_of_the_rule(run, kind.name)
            _rename(connection, run, target)
            if rule.length and str(rule.length) != run.length and follows:
                self._performer.clocks.recompute(run, now, rule.length)
            if was != (run.name, run.due_on):
                entry = clock_entry(run, "recounted", rule, iso(now))
                entries.append({**entry, "was": {"clock": was[0], "due_on": was[1]}})
        return entries

    def _has_length_of_the_rule(self, run: ClockRun, kind: str) -> bool:
        """Tell whether a clock runs for the length of the old edition: one that a bureau set or extended keeps its own."""
        rule = self.old.kinds[kind].clocks[run.name]
        return rule.length is not None and str(rule.length) == run.length


def _rename(connection: Connection, run: ClockRun, name: str | None) -> None:
    """Give a run the name that its clock has in the new edition; without one (it has ended) it keeps its own."""
    if name is not None and name != run.name:
        run.name = name
        connection.execute(update(tables.clocks).where(tables.clocks.c.id == run.id).values(name=name))


def _move_parts(loaded: Loaded, moves: KindMoves) -> dict[str, list[str]]:
    """Move the states of parts; returns part id → [before, after] of those that changed."""
    changed = {}
    for part in loaded.parts:
        state = moves.parts.get(part.kind, {}).get(part.state, part.state)
        if state != part.state:
            changed[part.id] = [part.state, state]
            part.state, part.touched = state, True
            part.version += 1
    return changed


def _end_drafts(connection: Connection, loaded: Loaded, moves: KindMoves, kind: KindRule) -> list[str]:
    """Rename the acts of drafts that are under way or were sent back; return (as sent back) those whose act is no more."""
    drafts, ended = tables.drafts, []
    query = select(drafts.c.id, drafts.c.act, drafts.c.state).where(
        drafts.c.root_id == loaded.root.id, drafts.c.state.in_(("open", "returned"))
    )
    for row in connection.execute(query).all():
        act = moves.acts.get(row.act, row.act)
        values: dict[str, Any] = {"act": act} if act != row.act else {}
        if act not in kind.acts and row.state == "open":
            values["state"] = "returned"
            ended.append(row.id)
        if values:
            connection.execute(update(drafts).where(drafts.c.id == row.id).values(**values))
    return ended
