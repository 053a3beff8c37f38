"""Journals: the entries of a root or of a dossier, as far as the actor may see them, a page at a time.

A page costs the same number of statements however long the journal is and however many roots the dossier has.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    String,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from chassis.core.contracts.wire import LARGEST
from chassis.core.errors import Refusal
from chassis.core.reads.paging import cursor_of, page_size, read_cursor
from chassis.core.reads.view import Json, View
from chassis.core.rulebook.model import DRAFT_ACTS, ActRule, KindRule, Rulebook
from chassis.core.rulebook.registry import Registry
from chassis.core.storage import roots, tables
from chassis.core.storage.roots import Loaded
from chassis.core.trust.access import is_party, reads
from chassis.core.trust.seal import walk_references

PAGE = 50
BUILT_IN = {
    "draft": ("拟稿", "drafted"),
    "lapse": ("期限届满", "period lapsed"),
    "recount": ("期限重新计算", "period recounted"),
    "change-rulebook": ("适用新版规则", "moved to another rulebook"),
    **DRAFT_ACTS,
}
"""Texts of the entries that the chassis itself writes."""


def journal(view: View, request: Mapping[str, Any]) -> Json:
    """Return a page of the journal of the root `id`, or of the `dossier`, as the actor may see it: `{items, next}`.

    Oldest first, or with `newest` the newest first; a root by the number of the entry, a dossier by time, root and
    number. `size` at most 200 (PAGE when it is not given), `after` is the `next` of the page before. With `seq`, only
    that entry of the root. Refuses a root that the actor may not see as not-found; a dossier without any is empty.
    """
    size = page_size({"size": request.get("size") or PAGE})
    one = str(request["id"]) if request.get("id") else None
    seen = _seen_roots(view, one, str(request.get("dossier")))
    if not seen:
        return {"items": [], "next": None}
    rows = view.connection.execute(_page(view, request, seen, single=one is not None, size=size)).mappings().all()
    last = rows[size - 1] if len(rows) > size else None
    key = () if last is None else (last["seq"],) if one else (last["at"], last["root_id"], last["seq"])
    return {
        "items": [_entry(view, seen[row["root_id"]], row) for row in rows[:size]],
        "next": cursor_of(*key) if key else None,
    }


@dataclass(frozen=True, slots=True)
class _Seen:
    """A root that the actor may see, as `relations` of its rulebook; `whole` where no field of it is kept back."""

    loaded: Loaded
    kind: KindRule
    book: Rulebook
    whole: bool
    relations: frozenset[str]


def _seen_roots(view: View, root_id: str | None, dossier: str) -> dict[str, _Seen]:
    """Return the root, or the roots of the dossier, that the actor may see."""
    if root_id is not None:
        ids = [root_id]
    else:
        query = select(tables.roots.c.id).where(tables.roots.c.dossier == dossier, view.readable())
        ids = list(view.connection.execute(query).scalars())
    loaded = roots.load_together(view.connection, ids)
    seen = {root.root.id: one for root in loaded.values() if (one := _seen(view, root))}
    if root_id is not None and not seen:
        raise Refusal("not-found", root=root_id)
    return seen


def _seen(view: View, loaded: Loaded) -> _Seen | None:
    root, book, kind = loaded.root, view.book(loaded.root), view.kind(loaded.root)
    rule = reads(book, kind, view.actor, loaded.parties, root.state, view.settings)
    if rule is None:
        return None
    relations = frozenset(
        name for name, who in book.actors.items() if is_party(who, view.actor, loaded.parties, view.settings)
    )
    return _Seen(loaded, kind, book, rule.fields is None, relations)


def _page(view: View, request: Mapping[str, Any], seen: Mapping[str, _Seen], *, single: bool, size: int) -> Select[Any]:
    """Return the rows after the cursor that the actor may see, one more than the page holds."""
    table = tables.journal
    order = (table.c.seq,) if single else (table.c.at, table.c.root_id, table.c.seq)
    newest = bool(request.get("newest"))
    query = select(table).where(_shown(view, seen))
    if single and request.get("seq") is not None:
        query = query.where(table.c.seq == _number(request["seq"]))
    key = _key(request.get("after"), single=single)
    if key:
        place, mark = tuple_(*order), tuple_(*(literal(value) for value in key))
        query = query.where(place < mark if newest else place > mark)
    return query.order_by(*(column.desc() if newest else column for column in order)).limit(size + 1)


def _key(after: Any, *, single: bool) -> list[Any] | None:
    """Return the key that a cursor names: the entry's number in a root's journal, time, root and number in a dossier's."""
    return read_cursor(after, int) if single else read_cursor(after, str, str, int)


def _number(value: Any) -> int:
    if not _is_number(value):
        raise Refusal("invalid", errors={"seq": ["应为整数 / expected a whole number"]})
    return int(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST


def _shown(view: View, seen: Mapping[str, _Seen]) -> ColumnElement[bool]:
    """Return the condition under which an entry is the actor's to see.

    Of a root that the actor may see whole, every entry; of another, its own acts and those that are done by, or shown
    to, one of its relations. An act is looked up in the rulebook under whose hash it was entered.
    """
    table = tables.journal
    whole = [root_id for root_id, one in seen.items() if one.whole]
    conditions: list[ColumnElement[bool]] = [table.c.root_id.in_(whole)] if whole else []
    for ids, one in _alike(seen):
        mine = _member(view.connection, "actor", "person") == view.actor.person
        allowed = list(_allowed(view, one))
        conditions.append(table.c.root_id.in_(ids) & (or_(mine, *allowed) if view.actor.person else or_(*allowed)))
    return or_(false(), *conditions)


def _alike(seen: Mapping[str, _Seen]) -> Iterator[tuple[list[str], _Seen]]:
    """Yield the roots that are not seen whole, those together whose entries one condition tells."""
    groups: dict[tuple[str, str, frozenset[str]], list[str]] = {}
    for root_id, one in seen.items():
        if not one.whole:
            groups.setdefault((one.book.name, one.kind.name, one.relations), []).append(root_id)
    for ids in groups.values():
        yield ids, seen[ids[0]]


def _allowed(view: View, one: _Seen) -> Iterator[ColumnElement[bool]]:
    """Yield, for each rulebook, the acts that the actor's relations to a root let it see in the journal."""
    registry, act = view.registry, tables.journal.c.act
    entered = _member(view.connection, "rulebook")
    for book in registry.books.values():
        yield and_(entered == book.hash, act.in_(_acts_shown(registry, book, one)))
    hashes = [book.hash for book in registry.books.values()]
    yield and_(entered.not_in(hashes), act.in_(_acts_shown(registry, one.book, one)))


def _acts_shown(registry: Registry, book: Rulebook, one: _Seen) -> list[str]:
    rules = ((name, _act_of(registry, book, one.kind, name)) for name in sorted(_first_of_name(registry)))
    return [name for name, act in rules if act and (set(act.by) | act.shown) & one.relations]


def _member(connection: Connection, *path: str) -> ColumnElement[str]:
    """Return a text inside an entry, which is stored as JSON text."""
    entry = tables.journal.c.entry
    text: ColumnElement[str] = cast(entry, JSON)[path].as_string()
    if connection.dialect.name == "sqlite":
        text = func.json_extract(entry, "$." + ".".join(path), type_=String)
    return text


def _entry(view: View, one: _Seen, row: RowMapping) -> Json:
    entry, kind, root = json.loads(row["entry"]), one.kind, one.loaded.root
    registry = view.registry
    act = _act_of(registry, registry.with_hash(entry["rulebook"]) or one.book, kind, row["act"])
    mine = entry.get("actor", {}).get("person") == view.actor.person is not None
    hidden = not one.whole and not mine
    zh, en = (act.zh, act.en) if act else _built_in(kind, row["act"], entry)
    return {
        "root": root.id,
        "root_kind": kind.name,
        "root_kind_zh": kind.zh,
        "regime": root.regime,
        "service": view.definitions.service,
        "seq": row["seq"],
        "at": row["at"],
        "act": row["act"],
        "zh": zh,
        "en": en,
        "clause": entry.get("clause"),
        "actor": entry.get("actor"),
        "event": entry.get("event"),
        "part": entry.get("part"),
        "from": entry.get("from", {}),
        "to": entry.get("to", {}),
        "data": {} if hidden else _masked(entry.get("data", {})),
        "noted": {} if hidden else _masked(entry.get("noted", {})),
        "documents": entry.get("documents", []),
        "clocks": [_clock_entry(kind, clock) for clock in entry.get("clocks", [])],
        "opened": entry.get("opened", []),
        "draft": entry.get("draft"),
        "by_root": entry.get("by_root"),
        "hash": row["hash"],
    }


def _act_of(registry: Registry, book: Rulebook, kind: KindRule, name: str) -> ActRule | None:
    """Return the row of the act that an entry names: of its own kind, or of the kind whose act moved this root."""
    return book.act(kind.name, name) or kind.acts.get(name) or _first_of_name(registry).get(name)


@lru_cache(maxsize=8)
def _first_of_name(registry: Registry) -> Mapping[str, ActRule]:
    """Return the acts of all kinds and rulebooks by name, of each name the first."""
    acts: dict[str, ActRule] = {}
    for _, _, act in registry.acts():
        acts.setdefault(act.name, act)
    return acts


def _masked(value: Any) -> Any:
    return walk_references(value, lambda reference: {"marked": reference["mark"]})


def _built_in(kind: KindRule, name: str, entry: Json) -> tuple[str, str]:
    """Return the texts of what the chassis itself journals; a step of a draft names the act that is drafted."""
    zh, en = BUILT_IN.get(name, (name, name))
    drafted = kind.acts.get(str(entry.get("data", {}).get("of")))
    return (f"{zh}：{drafted.zh}", f"{en}: {drafted.en}") if drafted else (zh, en)


def _clock_entry(kind: KindRule, clock: Json) -> Json:
    """Return what an entry says of a clock, with the clock's texts."""
    rule = kind.clocks.get(clock["clock"])
    return clock | ({"zh": rule.zh, "en": rule.en} if rule else {})
