"""The rows of duties, as pages read them: what waits under some holders, the most urgent first.

The statements are SQL text, made once for each form: to build them from expressions took longer than to run them.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, TextClause, text

ORDER = "ORDER BY due_at, since, root_id"
FURTHER = "(due_at, since, root_id) > (:due_at, :since, :root_id)"


class Waiting(NamedTuple):
    """A row: the root, its place in the order (due date, since when), the rulebook's items as JSON text."""

    root_id: str
    due_at: str
    since: str
    items: str

    @property
    def place(self) -> tuple[str, str, str]:
        """Where the row stands in a page's order."""
        return self.due_at, self.since, self.root_id


def most_urgent(
    connection: Connection, holders: Sequence[str], now: str, after: Sequence[Any] | None, most: int
) -> list[Waiting]:
    """Return the first `most` rows of these holders that count by now, those after a place; a root stands once for each holder."""
    place = dict(zip(("due_at", "since", "root_id"), after, strict=True)) if after else {}
    statement = _statement(connection, len(holders), "page", after is not None)
    rows = connection.execute(statement, {**_parameters(connection, holders), **place, "now": now, "most": most})
    return [Waiting(*row) for row in rows]


def count(connection: Connection, holders: Sequence[str], now: str, most: int) -> int:
    """Return how many roots wait under these holders, counted up to `most`."""
    statement = _statement(connection, len(holders), "count", False)
    return int(
        connection.execute(statement, {**_parameters(connection, holders), "now": now, "most": most}).scalar_one()
    )


def _parameters(connection: Connection, holders: Sequence[str]) -> dict[str, Any]:
    if connection.dialect.name == "postgresql":
        return {"holders": list(holders)}
    return {f"holder{at}": holder for at, holder in enumerate(holders)}


def _statement(connection: Connection, holders: int, purpose: str, after: bool) -> TextClause:
    on_postgresql = connection.dialect.name == "postgresql"
    return _made(0 if on_postgresql else holders, purpose, after)


@cache
def _made(holders: int, purpose: str, after: bool) -> TextClause:
    """Return the statement: on SQLite (a number of holders) a union of looks, on PostgreSQL (0) a lateral join with the holders."""
    if holders:
        looks = [f"SELECT * FROM ({_look(f':holder{at}', purpose, after)})" for at in range(holders)]
        rows = " UNION ALL ".join(looks)
    else:
        given = "unnest(CAST(:holders AS text[])) AS given(holder)"
        rows = f"SELECT one.* FROM {given} CROSS JOIN LATERAL ({_look('given.holder', purpose, after)}) AS one"
    if purpose == "count":
        return text(f"SELECT count(DISTINCT root_id) FROM ({rows}) AS held")
    return text(f"SELECT * FROM ({rows}) AS held {ORDER} LIMIT :most")


def _look(holder: str, purpose: str, after: bool) -> str:
    """Return the select of one holder, which goes along the index no further than needed.

    Rows that are only counted are put in order too: without it PostgreSQL may read the whole table for them.
    """
    columns = "root_id" if purpose == "count" else "root_id, due_at, since, items"
    further = f" AND {FURTHER}" if after else ""
    return f"SELECT {columns} FROM duties WHERE holder = {holder} AND from_at <= :now{further} {ORDER} LIMIT :most"
