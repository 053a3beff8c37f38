"""The rows of readers, as lists read them: the roots that some keys show, the last changed first.

The statements are SQL text, made once for each form: to build them from expressions took longer than to run them.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, TextClause, bindparam, text

from chassis.core.canonical import compact

Place = tuple[str, str]
"""Where a root stands in a list: (updated_at, root_id)."""
NEWEST = "ORDER BY updated_at DESC, root_id DESC"
FURTHER = "(updated_at, root_id) < (:updated_at, :root_id)"
UNION_MOST = 400
"""Selects in one union; SQLite takes 500."""


class Range(NamedTuple):
    """A range of an index: the roots of one kind that one key shows, in a state, or as far as they are open or have ended."""

    key: str
    kind: str
    value: str | bool


class Ranges(NamedTuple):
    """Ranges, put together. `column` is what their values stand for, `state` or `open`; `only_open` leaves out roots that have ended."""

    ranges: Sequence[Range]
    column: str
    only_open: bool = False


class Named(NamedTuple):
    """The roots with this number or of this dossier (`columns`): so few that each is asked whether some key shows it.

    `holds` is what columns of readers must hold beside.
    """

    columns: Mapping[str, str]
    keys: Sequence[str]
    holds: Mapping[str, Any]


def newest(connection: Connection, roots: Ranges | Named, after: Sequence[Any] | None, most: int) -> list[Place]:
    """Return the places of the roots that changed last, `most` of them, those after a place."""
    values = {"updated_at": after[0], "root_id": after[1]} if after else {}
    statement = _statement(connection, roots, "newest", after is not None)
    rows = connection.execute(statement, {**_parameters(connection, roots), **values, "most": most})
    return [(row[0], row[1]) for row in rows]


def count(connection: Connection, roots: Ranges | Named, most: int) -> int:
    """Return how many roots there are, counted up to `most`."""
    statement = _statement(connection, roots, "count", False)
    return int(connection.execute(statement, {**_parameters(connection, roots), "most": most}).scalar_one())


def ids(connection: Connection, roots: Ranges | Named, most: int) -> list[str]:
    """Return the ids of the roots, in no order, at most `most`."""
    statement = _statement(connection, roots, "ids", False)
    return list(connection.execute(statement, {**_parameters(connection, roots), "most": most}).scalars())


def _parameters(connection: Connection, roots: Ranges | Named) -> dict[str, Any]:
    if isinstance(roots, Named):
        return {"keys": list(roots.keys), **roots.columns, **roots.holds}
    if connection.dialect.name == "postgresql":
        return {"ranges": compact([each._asdict() for each in roots.ranges])}
    return {f"{name}{at}": value for at, each in enumerate(roots.ranges) for name, value in each._asdict().items()}


def _statement(connection: Connection, roots: Ranges | Named, purpose: str, after: bool) -> TextClause:
    if isinstance(roots, Named):
        return _named(tuple(sorted(roots.columns)), tuple(sorted(roots.holds)), purpose, after)
    if connection.dialect.name == "postgresql":
        return _in_ranges_on_postgresql(roots.column, roots.only_open, purpose, after)
    return _in_ranges_on_sqlite(len(roots.ranges), roots.column, roots.only_open, purpose, after)


def _for(purpose: str, rows: str) -> TextClause:
    """Return the statement for a purpose, of rows of (updated_at, root_id) that may be named several times."""
    if purpose == "newest":
        return text(f"SELECT DISTINCT updated_at, root_id FROM ({rows}) AS held {NEWEST} LIMIT :most")
    distinct = f"SELECT DISTINCT root_id FROM ({rows}) AS held LIMIT :most"
    return text(f"SELECT count(*) FROM ({distinct}) AS counted" if purpose == "count" else distinct)


def _range(key: str, kind: str, column: str, value: str, only_open: bool, after: bool) -> str:
    """Return the select of one range, which goes along the index no further than needed.

    Rows that are only counted are put in order too: without it PostgreSQL may read the whole table for them.
    """
    conditions = [f"key = {key}", f"kind = {kind}", f"{column} = {value}"]
    conditions += (["open"] if only_open else []) + ([FURTHER] if after else [])
    return f"SELECT updated_at, root_id FROM readers WHERE {' AND '.join(conditions)} {NEWEST} LIMIT :most"


@cache
def _in_ranges_on_sqlite(number: int, column: str, only_open: bool, purpose: str, after: bool) -> TextClause:
    selects = [
        f"SELECT * FROM ({_range(f':key{at}', f':kind{at}', column, f':value{at}', only_open, after)})"
        for at in range(number)
    ]
    while len(selects) > 1:
        groups = (selects[at : at + UNION_MOST] for at in range(0, len(selects), UNION_MOST))
        selects = [f"SELECT * FROM ({' UNION ALL '.join(group)})" for group in groups]
    return _for(purpose, selects[0])


@cache
def _in_ranges_on_postgresql(column: str, only_open: bool, purpose: str, after: bool) -> TextClause:
    given = (
        f"json_to_recordset(:ranges) AS given(key text, kind text, value {'boolean' if column == 'open' else 'text'})"
    )
    one = _range("given.key", "given.kind", column, "given.value", only_open, after)
    return _for(purpose, f"SELECT one.* FROM {given} CROSS JOIN LATERAL ({one}) AS one")


@cache
def _named(columns: tuple[str, ...], holds: tuple[str, ...], purpose: str, after: bool) -> TextClause:
    shown = ["readers.root_id = roots.id", "readers.key IN :keys", *(f"readers.{name} = :{name}" for name in holds)]
    named = [f"roots.{column} = :{column}" for column in columns]
    seen = f"EXISTS (SELECT 1 FROM readers WHERE {' AND '.join(shown)})"
    rows = f"SELECT updated_at, id AS root_id FROM roots WHERE {' AND '.join(named)} AND {seen}"
    if after:
        rows = f"SELECT updated_at, root_id FROM ({rows}) AS named WHERE {FURTHER}"
    return _for(purpose, rows).bindparams(bindparam("keys", expanding=True))
