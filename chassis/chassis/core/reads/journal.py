"""Journals: the entries of a root or of a dossier, as far as the actor may see them."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from chassis.core.reads.view import Json, View
from chassis.core.rulebook.model import DRAFT_ACTS, ActRule, KindRule, ReadRule, Rulebook
from chassis.core.storage import roots, tables
from chassis.core.storage.roots import Loaded
from chassis.core.trust.access import is_party
from chassis.core.trust.seal import walk_references

BUILT_IN = {
    "draft": ("拟稿", "drafted"),
    "lapse": ("期限届满", "period lapsed"),
    "recount": ("期限重新计算", "period recounted"),
    "change-rulebook": ("适用新版规则", "moved to another rulebook"),
    **DRAFT_ACTS,
}
"""Texts of the entries that the chassis itself writes."""


def journal(view: View, request: Mapping[str, Any]) -> list[Json]:
    """Return the journal entries of a root or of a dossier that the actor may see, oldest first."""
    if request.get("id"):
        ids = [str(request["id"])]
    else:
        query = select(tables.roots.c.id).where(tables.roots.c.dossier == str(request.get("dossier")), view.readable())
        ids = list(view.connection.execute(query).scalars())
    entries: list[Json] = []
    for root_id in ids:
        loaded = roots.load(view.connection, root_id, lock=False)
        rule = view.require_visible(loaded)
        entries += _entries(view, loaded, rule)
    return sorted(entries, key=lambda entry: (entry["at"], entry["root"], entry["seq"]))


def _entries(view: View, loaded: Loaded, rule: ReadRule) -> list[Json]:
    kind, relations = view.kind(loaded.root), _relations(view, loaded)
    query = select(tables.journal).where(tables.journal.c.root_id == loaded.root.id).order_by(tables.journal.c.seq)
    entries = []
    for row in view.connection.execute(query).mappings():
        entry = json.loads(row["entry"])
        act = _act_of(view, view.registry.with_hash(entry["rulebook"]) or view.book(loaded.root), kind, row["act"])
        mine = entry.get("actor", {}).get("person") == view.actor.person is not None
        if rule.fields is not None and not mine and not (act and (set(act.by) | act.shown) & relations):
            continue
        hidden = rule.fields is not None and not mine
        zh, en = (act.zh, act.en) if act else _built_in(kind, row["act"], entry)
        entries.append(
            {
                "root": loaded.root.id,
                "root_kind": kind.name,
                "root_kind_zh": kind.zh,
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
        )
    return entries


def _relations(view: View, loaded: Loaded) -> set[str]:
    """Return the actors of the rulebook as which the actor reads this root."""
    actors = view.book(loaded.root).actors
    return {name for name, rule in actors.items() if is_party(rule, view.actor, loaded.parties, view.settings)}


def _act_of(view: View, book: Rulebook, kind: KindRule, name: str) -> ActRule | None:
    """Return the row of the act that an entry names: of its own kind, or of the kind whose act moved this root."""
    own = book.act(kind.name, name) or kind.acts.get(name)
    if own:
        return own
    return next((act for _, _, act in view.registry.acts() if act.name == name), None)


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
