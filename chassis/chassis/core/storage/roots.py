"""Roots with their parts, parties and clocks, as they are read, locked and written. Core statements only: it is the hot path."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from chassis.core.dates.times import iso, parse
from chassis.core.errors import Refusal
from chassis.core.ids import kind_of, new_id
from chassis.core.storage import tables

GENESIS = "0" * 64
"""The hash before the first entry of a journal."""
NEAR = timedelta(days=2)
"""How long before its end a running period is reminded of."""
TITLE_MOST = 300
"""Characters of a title; what follows is cut off."""


@dataclass(slots=True)
class Root:
    """The unit of lock, version and journal; `body` is a JSON object of the service's own.

    `derived` holds digests of the rows derived from it (`chassis.core.acts.projections`).
    """

    id: str
    kind: str
    state: str
    version: int
    dossier: str
    number: str | None
    title: str
    regime: str
    body: dict[str, Any]
    opened_at: str
    facts: int = 0
    head_seq: int = 0
    head: str = GENESIS
    new: bool = False
    updated_at: str = ""
    derived: str | None = None


@dataclass(slots=True)
class Part:
    """A part of a root, with a state and version of its own."""

    id: str
    kind: str
    state: str
    version: int
    body: dict[str, Any]
    opened_at: str
    new: bool = False
    touched: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """Who stands in which relation to a root, or to one part of it (`part_id` not empty)."""

    name: str
    who: str
    part_id: str = ""
    area: str | None = None


@dataclass(slots=True)
class ClockRun:
    """A period that runs, was met, was stopped, or lapsed unmet (then it still runs, overdue)."""

    id: str
    part_id: str
    name: str
    start_on: str
    length: str
    due_on: str
    due_at: str
    provisional: bool
    state: str
    ended_at: str | None = None
    new: bool = False
    touched: bool = False
    reminded: bool = False
    lapse_noted: bool = False

    @property
    def look_at(self) -> str | None:
        """The next moment (RFC 3339) at which the scheduler has something to note: the reminder, then the lapse, then nothing."""
        if self.state != "running" or self.lapse_noted:
            return None
        return self.due_at if self.reminded else iso(parse(self.due_at) - NEAR)


@dataclass(slots=True)
class Loaded:
    """A root with all that belongs to it, and what an act has changed of it."""

    root: Root
    parts: list[Part] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    clocks: list[ClockRun] = field(default_factory=list)
    parties_added: list[Party] = field(default_factory=list)
    parties_left: list[Party] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)

    def part(self, part_id: str | None) -> Part | None:
        """Return the part with this id, or None."""
        return next((part for part in self.parts if part.id == part_id), None)

    def clock(self, name: str, part_id: str | None = None) -> ClockRun | None:
        """Return the latest run of a clock: of the addressed part where it has one, else of the root."""
        runs = [run for run in self.clocks if run.name == name and run.part_id in ("", part_id)]
        return next((run for run in reversed(runs) if run.state == "running"), runs[-1] if runs else None)


def new_root(kind: str, regime: str, moment: str, *, id: str | None = None, dossier: str | None = None) -> Loaded:
    """Return a root that does not exist yet; it is written with the act that opens it."""
    return Loaded(
        Root(id or new_id(kind), kind, "", 0, dossier or new_id("dossier"), None, "", regime, {}, moment, new=True),
    )


ROOT = select(tables.roots).where(tables.roots.c.id == bindparam("id"))
ROOT_LOCKED = ROOT.with_for_update()
PARTS = (
    select(tables.parts)
    .where(tables.parts.c.root_id == bindparam("id"))
    .order_by(tables.parts.c.opened_at, tables.parts.c.id)
)
PARTIES = select(tables.parties).where(tables.parties.c.root_id == bindparam("id"))
CLOCKS = select(tables.clocks).where(tables.clocks.c.root_id == bindparam("id")).order_by(tables.clocks.c.id)


def root_from(row: Mapping[Any, Any]) -> Root:
    """Return a root from its row."""
    return Root(
        row["id"],
        row["kind"],
        row["state"],
        row["version"],
        row["dossier"],
        row["number"],
        row["title"],
        row["regime"],
        row["body"],
        row["opened_at"],
        row["facts"],
        row["head_seq"],
        row["head_hash"],
        updated_at=row["updated_at"],
        derived=row["derived"],
    )


def part_from(row: RowMapping) -> Part:
    """Return a part from its row."""
    return Part(row["id"], row["kind"], row["state"], row["version"], row["body"], row["opened_at"])


def party_from(row: RowMapping) -> Party:
    """Return a party from its row."""
    return Party(row["name"], row["who"], row["part_id"], row["area"])


def clock_from(row: RowMapping) -> ClockRun:
    """Return a clock's run from its row."""
    return ClockRun(
        row["id"],
        row["part_id"],
        row["name"],
        row["start_on"],
        row["length"],
        row["due_on"],
        row["due_at"],
        bool(row["provisional"]),
        row["state"],
        row["ended_at"],
        reminded=bool(row["reminded"]),
        lapse_noted=bool(row["lapse_noted"]),
    )


def load(connection: Connection, root_id: str, *, lock: bool, parts: bool = True) -> Loaded:
    """Read a root with its parts, parties and clocks; refuses as not-found. With `lock`, nobody else changes it meanwhile."""
    row = connection.execute(ROOT_LOCKED if lock else ROOT, {"id": root_id}).mappings().one_or_none()
    if row is None:
        raise Refusal("not-found", root=root_id)
    return Loaded(
        root_from(row),
        [part_from(r) for r in connection.execute(PARTS, {"id": root_id}).mappings()] if parts else [],
        [party_from(r) for r in connection.execute(PARTIES, {"id": root_id}).mappings()],
        [clock_from(r) for r in connection.execute(CLOCKS, {"id": root_id}).mappings()],
    )


def load_many(connection: Connection, root_ids: Iterable[str], *, lock: bool) -> dict[str, Loaded]:
    """Read several roots in id order, so that two acts that name the same roots never wait for each other in a circle."""
    return {root_id: load(connection, root_id, lock=lock) for root_id in sorted(set(root_ids)) if kind_of(root_id)}


def load_together(connection: Connection, root_ids: Sequence[str]) -> dict[str, Loaded]:
    """Read several roots without locking them, in four statements whatever their number."""
    if not root_ids:
        return {}
    table, ids = tables, list(root_ids)
    query = select(table.roots).where(table.roots.c.id.in_(ids))
    by_id = {row["id"]: Loaded(root_from(row)) for row in connection.execute(query).mappings()}
    parts = (
        select(table.parts).where(table.parts.c.root_id.in_(ids)).order_by(table.parts.c.opened_at, table.parts.c.id)
    )
    for row in connection.execute(parts).mappings():
        by_id[row["root_id"]].parts.append(part_from(row))
    for row in connection.execute(select(table.parties).where(table.parties.c.root_id.in_(ids))).mappings():
        by_id[row["root_id"]].parties.append(party_from(row))
    clocks = select(table.clocks).where(table.clocks.c.root_id.in_(ids)).order_by(table.clocks.c.id)
    for row in connection.execute(clocks).mappings():
        by_id[row["root_id"]].clocks.append(clock_from(row))
    return by_id


INSERT_ROOT = insert(tables.roots)
UPDATE_ROOT = (
    update(tables.roots)
    .where(tables.roots.c.id == bindparam("root_id"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "state",
                "version",
                "dossier",
                "number",
                "title",
                "body",
                "updated_at",
                "facts",
                "head_seq",
                "head_hash",
                "derived",
            )
        }
    )
)
INSERT_PARTS = insert(tables.parts)
UPDATE_PART = (
    update(tables.parts)
    .where(tables.parts.c.id == bindparam("part_id"))
    .values(state=bindparam("state"), version=bindparam("version"), body=bindparam("body"))
)
INSERT_PARTIES = insert(tables.parties)
INSERT_CLOCKS = insert(tables.clocks)
UPDATE_CLOCK = (
    update(tables.clocks)
    .where(tables.clocks.c.id == bindparam("clock_id"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "start_on",
                "length",
                "due_on",
                "due_at",
                "provisional",
                "state",
                "ended_at",
                "reminded",
                "lapse_noted",
                "look_at",
            )
        }
    )
)
INSERT_JOURNAL = insert(tables.journal)


def write(connection: Connection, loaded: Loaded, moment: str) -> None:
    """Write what an act changed of a root: the root row, parts, parties, clocks and journal entries."""
    root = loaded.root
    values = {
        "state": root.state,
        "version": root.version,
        "dossier": root.dossier,
        "number": root.number,
        "title": root.title[:TITLE_MOST],
        "body": root.body,
        "updated_at": moment,
        "facts": root.facts,
        "head_seq": root.head_seq,
        "head_hash": root.head,
        "derived": root.derived,
    }
    root.updated_at = moment
    if root.new:
        row = {"id": root.id, "kind": root.kind, "regime": root.regime, "opened_at": root.opened_at, **values}
        connection.execute(INSERT_ROOT, row)
    else:
        connection.execute(UPDATE_ROOT, {"root_id": root.id, **values})
    _write_parts(connection, loaded)
    _write_parties(connection, loaded)
    _write_clocks(connection, loaded)
    if loaded.entries:
        connection.execute(INSERT_JOURNAL, loaded.entries)


def _write_parts(connection: Connection, loaded: Loaded) -> None:
    fresh = [part for part in loaded.parts if part.new]
    if fresh:
        connection.execute(
            INSERT_PARTS,
            [
                {
                    "id": p.id,
                    "root_id": loaded.root.id,
                    "kind": p.kind,
                    "state": p.state,
                    "version": p.version,
                    "body": p.body,
                    "opened_at": p.opened_at,
                }
                for p in fresh
            ],
        )
    for part in loaded.parts:
        if part.touched and not part.new:
            connection.execute(
                UPDATE_PART, {"part_id": part.id, "state": part.state, "version": part.version, "body": part.body}
            )


def _write_parties(connection: Connection, loaded: Loaded) -> None:
    for party in loaded.parties_left:
        table = tables.parties
        connection.execute(
            table.delete().where(
                table.c.root_id == loaded.root.id,
                table.c.name == party.name,
                table.c.who == party.who,
                table.c.part_id == party.part_id,
            )
        )
    if loaded.parties_added:
        connection.execute(
            INSERT_PARTIES,
            [
                {"root_id": loaded.root.id, "name": p.name, "who": p.who, "part_id": p.part_id, "area": p.area}
                for p in loaded.parties_added
            ],
        )


def _write_clocks(connection: Connection, loaded: Loaded) -> None:
    for run in loaded.clocks:
        values = {
            "start_on": run.start_on,
            "length": run.length,
            "due_on": run.due_on,
            "due_at": run.due_at,
            "provisional": run.provisional,
            "state": run.state,
            "ended_at": run.ended_at,
            "reminded": run.reminded,
            "lapse_noted": run.lapse_noted,
            "look_at": run.look_at,
        }
        if run.new:
            row = {"id": run.id, "root_id": loaded.root.id, "part_id": run.part_id, "name": run.name, **values}
            connection.execute(INSERT_CLOCKS, row)
        elif run.touched:
            connection.execute(UPDATE_CLOCK, {"clock_id": run.id, **values})
