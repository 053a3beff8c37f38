"""Lists of roots: those of a kind, of a dossier, with a number or with words in them, that the actor may see.

A page costs the same however many roots there are, of the actor's and of others: it is read from the rows of readers
(`chassis.core.acts.readers`), key by key, or from the text index, where the keys stand beside the words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from chassis.core.acts.readers import Held
from chassis.core.acts.texts import readers_of
from chassis.core.errors import Refusal
from chassis.core.reads.paging import COUNT_MOST, cursor_of, page_size, read_cursor
from chassis.core.reads.view import Json, View, brief
from chassis.core.storage import readers, roots, tables, texts, words
from chassis.core.storage.readers import Named, Range, Ranges
from chassis.core.storage.roots import Root

TEXT_MOST = 100
"""Characters of a text that is searched for."""
NOTHING: Json = {"items": [], "next": None, "total": 0, "more": False}
BRIEFS = select(*(column for column in tables.roots.c if column.name != "body")).where(
    tables.roots.c.id.in_(bindparam("ids", expanding=True)),
    select(tables.readers.c.key)
    .where(tables.readers.c.root_id == tables.roots.c.id, tables.readers.c.key.in_(bindparam("keys", expanding=True)))
    .exists(),
)
"""Roots of a page, without their bodies. Whether the actor may see them is asked once more, root by root."""
IN_STATE = select(tables.roots.c.id).where(
    tables.roots.c.id.in_(bindparam("ids", expanding=True)), tables.roots.c.state == bindparam("state")
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a request asks for; members that it does not name are None."""

    kind: str | None
    state: str | None
    dossier: str | None
    number: str | None
    text: str | None
    open: bool

    @classmethod
    def of(cls, view: View, request: Mapping[str, Any]) -> "Filters":
        """Read the filters of a request; refuses an unknown kind as not-found, and a text that is too long."""
        names = ("kind", "state", "dossier", "number", "text")
        values = {name: str(request[name]) if request.get(name) else None for name in names}
        kind, words = values["kind"], values["text"]
        if kind and not view.registry.has_kind(kind):
            raise Refusal("not-found", kind=kind)
        if words and len(words) > TEXT_MOST:
            raise Refusal("invalid", errors={"text": [f"最多 {TEXT_MOST} 个字符 / at most {TEXT_MOST} characters"]})
        return cls(open=bool(request.get("open")), **values)

    def holds(self, *columns: str) -> dict[str, Any]:
        """Return those of these columns that must hold a value, with it."""
        values = ((column, getattr(self, column)) for column in columns)
        return {column: value for column, value in values if value}


def search(view: View, request: Mapping[str, Any]) -> Json:
    """Return a page of roots: `{items, next, total, more}`, by the filters `kind state dossier number text open`.

    `size` at most 200, `after` is the `next` of the page before. The last changed come first; with a text, which means
    all its words, the last opened. `total` counts up to COUNT_MOST; `more` tells that there are more.
    """
    filters, size, after = Filters.of(view, request), page_size(request), request.get("after")
    held = view.held([filters.kind] if filters.kind else None)
    if not held:
        return NOTHING
    keys = list(dict.fromkeys(each.key for each in held))
    if filters.text is not None:
        return _by_words(view, filters, held, keys, size, after)
    return _by_change(view, _roots(filters, held, keys), keys, size, after)


def _roots(filters: Filters, held: Sequence[Held], keys: list[str]) -> Ranges | Named:
    """Return where to look: at the roots with a number or of a dossier, or along the keys that the actor holds for each kind."""
    columns = filters.holds("number", "dossier")
    if columns:
        return Named(columns, keys, filters.holds("kind", "state", "open"))
    column = "state" if filters.state else "open"
    values: list[str | bool] = [filters.state] if filters.state else [True] if filters.open else [True, False]
    places = dict.fromkeys((each.key, each.kind.name) for each in held)
    ranges = [Range(key, kind, value) for key, kind in places for value in values]
    return Ranges(ranges, column, only_open=bool(filters.state and filters.open))


def _by_change(view: View, scope: Ranges | Named, keys: list[str], size: int, after: Any) -> Json:
    """Return a page in the order of the last change."""
    key = read_cursor(after, str, str)
    places = readers.newest(view.connection, scope, key, size + 1)
    total = readers.count(view.connection, scope, COUNT_MOST + 1)
    following = cursor_of(*places[size - 1]) if len(places) > size else None
    return _answer(view, [root_id for _, root_id in places[:size]], keys, following, total)


def _by_words(view: View, filters: Filters, held: Sequence[Held], keys: list[str], size: int, after: Any) -> Json:
    """Return a page in the order of opening."""
    connection, asked = view.connection, words.query_words(str(filters.text))
    key = read_cursor(after, int)
    before = key[0] if key else None
    if not asked:
        return NOTHING
    others = [words.of_column(*item) for item in filters.holds("kind", "dossier", "number").items()]
    query = words.query(asked, readers_of(held), [*others, *([words.OPEN] if filters.open else [])])
    if filters.state:
        hits, total = _in_state(connection, query, filters.state, _roots(filters, held, keys), before, size)
    else:
        hits = texts.newest(connection, query, before, size + 1)
        total = texts.count(connection, query, COUNT_MOST + 1, hits)
    following = cursor_of(hits[size - 1][0]) if len(hits) > size else None
    return _answer(view, [root_id for _, root_id in hits[:size]], keys, following, total)


def _in_state(
    connection: Connection, query: words.Query, state: str, scope: Ranges | Named, before: int | None, size: int
) -> tuple[list[texts.Hit], int]:
    """Return the hits of a page and their number. A state is no token of the index, for most acts change it.

    So it depends on what is few: the roots in the state, each of which is asked for the words, or those with the words,
    each of which is asked for its state. Where both are many, those with the words are gone through.
    """
    in_state = readers.ids(connection, scope, COUNT_MOST + 1)
    if len(in_state) <= COUNT_MOST:
        every = texts.matching(connection, query, in_state)
    elif texts.count(connection, query, COUNT_MOST + 1, texts.newest(connection, query, None, size + 1)) > COUNT_MOST:
        hits = texts.newest_in(connection, query, state, before, size + 1)
        return hits, texts.count_in(connection, query, state, COUNT_MOST + 1)
    else:
        every = texts.newest(connection, query, None, COUNT_MOST + 1)
        ids = [root_id for _, root_id in every]
        fitting = set(connection.execute(IN_STATE, {"ids": ids, "state": state}).scalars())
        every = [hit for hit in every if hit[1] in fitting]
    return [hit for hit in every if before is None or hit[0] < before][: size + 1], len(every)


def _answer(view: View, ids: list[str], keys: list[str], following: str | None, total: int) -> Json:
    by_id = visible(view, ids, keys)
    roots_in_order = [by_id[root_id] for root_id in ids if root_id in by_id]
    items = [brief(view.kind(root), root) | {"updated_at": root.updated_at} for root in roots_in_order]
    return {"items": items, "next": following, "total": min(total, COUNT_MOST), "more": total > COUNT_MOST}


def visible(view: View, ids: list[str], keys: list[str] | None = None) -> dict[str, Root]:
    """Return those of these roots that the actor may see, by id, without their bodies; `keys` are the actor's, where they are known."""
    if not ids:
        return {}
    keys = sorted({each.key for each in view.held()}) if keys is None else keys
    rows = view.connection.execute(BRIEFS, {"ids": ids, "keys": keys}).mappings()
    return {row["id"]: roots.root_from({**row, "body": {}}) for row in rows}
