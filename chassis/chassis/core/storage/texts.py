"""The text index: one string of tokens a root (`chassis.core.storage.words`), in FTS5 on SQLite and a tsvector on PostgreSQL.

The order is that in which roots were first indexed, the newest first: the order of opening, but for roots that a rebuild
indexed, which come kind by kind.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Row, text

from chassis.core.canonical import compact
from chassis.core.storage.words import Query, holds, written

WINDOW, WINDOW_MOST = 2000, 16_000
"""So many of the newest roots PostgreSQL looks at one by one, for a page and for a count, before it asks its index, which knows no order."""

Hit = tuple[int, str]
"""Place in the index, and id of the root."""
FIRST = 2**62
"""A place before all others."""
LANGUAGES: dict[str, tuple[str, str, str]] = {"sqlite": (" AND ", " OR ", '"'), "postgresql": (" & ", " | ", "'")}


WRITE = {
    "sqlite": text(
        "INSERT INTO texts (root_id, tokens) VALUES (:root_id, :tokens)"
        " ON CONFLICT (root_id) DO UPDATE SET tokens = excluded.tokens"
    ),
    "postgresql": text(
        "INSERT INTO texts (root_id, tokens) VALUES (:root_id, array_to_tsvector(string_to_array(:tokens, ' ')))"
        " ON CONFLICT (root_id) DO UPDATE SET tokens = excluded.tokens"
    ),
}
MATCHING = {
    "sqlite": text(
        "SELECT id, root_id, tokens FROM texts WHERE root_id IN (SELECT value FROM json_each(:ids)) ORDER BY id DESC"
    ),
    "postgresql": text("""
        WITH few AS MATERIALIZED (
            SELECT id, root_id, tokens FROM texts WHERE root_id IN (SELECT json_array_elements_text(:ids))
        )
        SELECT id, root_id FROM few WHERE tokens @@ CAST(:query AS tsquery) ORDER BY id DESC"""),
}
# FTS5 goes through its matches from the newest, and stops when there are enough.
ON_SQLITE = """
    SELECT texts.id, texts.root_id FROM texts_index JOIN texts ON texts.id = texts_index.rowid
    WHERE texts_index MATCH :query AND texts_index.rowid < :before
    ORDER BY texts_index.rowid DESC LIMIT :most"""
COUNT_ON_SQLITE = """
    SELECT count(*) FROM (SELECT rowid FROM texts_index WHERE texts_index MATCH :query LIMIT :most)"""
IN_STATE_ON_SQLITE = """
    SELECT texts.id, texts.root_id FROM texts_index JOIN texts ON texts.id = texts_index.rowid
    WHERE texts_index MATCH :query AND texts_index.rowid < :before
    AND (SELECT state FROM roots WHERE roots.id = texts.root_id) = :state
    ORDER BY texts_index.rowid DESC LIMIT :most"""
# GIN knows no order and finds all or nothing. So the newest roots are looked at one by one; only where too few of them
# match, the index is asked for all that do.
NEAR = """
    SELECT id, root_id FROM (SELECT id, root_id, tokens FROM texts WHERE id < :before ORDER BY id DESC LIMIT :window) AS newest
    WHERE tokens @@ CAST(:query AS tsquery)"""
ON_POSTGRESQL = f"""
    WITH near AS MATERIALIZED ({NEAR} ORDER BY id DESC LIMIT :most),
    far AS MATERIALIZED (
        SELECT id, root_id FROM texts WHERE tokens @@ CAST(:query AS tsquery) AND (SELECT count(*) FROM near) < :most
    )
    SELECT id, root_id FROM near WHERE (SELECT count(*) FROM near) >= :most
    UNION ALL SELECT id, root_id FROM far WHERE id < :before
    ORDER BY id DESC LIMIT :most"""
COUNT_ON_POSTGRESQL = f"""
    WITH near AS MATERIALIZED (SELECT count(*) AS number FROM ({NEAR} LIMIT :most) AS counted)
    SELECT CASE WHEN near.number >= :most THEN near.number ELSE (
        SELECT count(*) FROM (SELECT 1 FROM texts WHERE tokens @@ CAST(:query AS tsquery) LIMIT :most) AS counted
    ) END FROM near"""
# `IS TRUE` keeps the planner from the index: it goes through all roots from the newest, and stops when there are enough.
IN_STATE_ON_POSTGRESQL = """
    SELECT id, root_id FROM texts
    WHERE id < :before AND (tokens @@ CAST(:query AS tsquery)) IS TRUE
    AND (SELECT state FROM roots WHERE roots.id = texts.root_id) = :state
    ORDER BY id DESC LIMIT :most"""
STATEMENTS = {
    ("sqlite", "newest"): text(ON_SQLITE),
    ("sqlite", "count"): text(COUNT_ON_SQLITE),
    ("sqlite", "newest in state"): text(IN_STATE_ON_SQLITE),
    ("sqlite", "count in state"): text(f"SELECT count(*) FROM ({IN_STATE_ON_SQLITE}) AS counted"),
    ("postgresql", "newest"): text(ON_POSTGRESQL),
    ("postgresql", "count"): text(COUNT_ON_POSTGRESQL),
    ("postgresql", "newest in state"): text(IN_STATE_ON_POSTGRESQL),
    ("postgresql", "count in state"): text(f"SELECT count(*) FROM ({IN_STATE_ON_POSTGRESQL}) AS counted"),
}


def write(connection: Connection, root_id: str, token_string: str) -> None:
    """Write the tokens of a root, in place of what it had."""
    connection.execute(WRITE[connection.dialect.name], {"root_id": root_id, "tokens": token_string})


def newest(connection: Connection, query: Query, before: int | None, most: int) -> list[Hit]:
    """Return the newest roots that match, `most` of them, those after a place in the index."""
    return _hits(_execute(connection, "newest", query, {"before": before or FIRST, "most": most, "window": WINDOW}))


def count(connection: Connection, query: Query, most: int, page: Sequence[Hit]) -> int:
    """Return how many roots match, counted up to `most`; `page` is what was found of them, which tells how rare they are."""
    values = {"before": FIRST, "most": most, "window": _window(page, most)}
    return int(_execute(connection, "count", query, values).scalar_one())


def newest_in(connection: Connection, query: Query, state: str, before: int | None, most: int) -> list[Hit]:
    """Return the same of roots in a state. All that match are gone through until there are enough: for words that are frequent."""
    values = {"before": before or FIRST, "most": most, "state": state}
    return _hits(_execute(connection, "newest in state", query, values))


def count_in(connection: Connection, query: Query, state: str, most: int) -> int:
    """Return how many roots in a state match, counted up to `most`; for words that are frequent."""
    values = {"before": FIRST, "most": most, "state": state}
    return int(_execute(connection, "count in state", query, values).scalar_one())


def matching(connection: Connection, query: Query, root_ids: Sequence[str]) -> list[Hit]:
    """Return those of some roots that match, the newest first. Each is looked at, so they must be few."""
    dialect = connection.dialect.name
    values = {"ids": compact(list(root_ids)), "query": written(query, *LANGUAGES[dialect])}
    rows = connection.execute(MATCHING[dialect], values)
    return _hits(row for row in rows if dialect != "sqlite" or holds(query, row.tokens.split(" ")))


def _window(page: Sequence[Hit], most: int) -> int:
    """Return at how many of the newest roots to look for `most` matches, going by how far those of a page lie apart; 0 where it were too many."""
    if len(page) < 2:
        return 0
    rows = most * (page[0][0] - page[-1][0]) // (len(page) - 1) * 5 // 4
    return rows if rows <= WINDOW_MOST else 0


def _execute(connection: Connection, purpose: str, query: Query, values: Mapping[str, Any]) -> CursorResult[Any]:
    dialect = connection.dialect.name
    if dialect == "postgresql":
        # The planner misjudges how often words stand together, and would read the whole table for it.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return connection.execute(STATEMENTS[dialect, purpose], {"query": written(query, *LANGUAGES[dialect]), **values})


def _hits(rows: Iterable[Row[Any]]) -> list[Hit]:
    return [(row.id, row.root_id) for row in rows]
