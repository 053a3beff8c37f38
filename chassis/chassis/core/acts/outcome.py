"""The answer to an act, and what is kept of it so that a repeated command gets the same answer again.

What the journal entry holds already (state, clause, clocks, papers, what was noted) is not kept a second time.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from chassis.core.acts.act import Act
from chassis.core.acts.command import Unit
from chassis.core.canonical import compact
from chassis.core.dates.times import iso
from chassis.core.ids import kind_of
from chassis.core.rulebook.model import ActRule, KindRule
from chassis.core.rulebook.registry import Registry
from chassis.core.storage import tables
from chassis.core.storage.roots import Loaded

Json = dict[str, Any]

FROM_THE_ENTRY = ("at", "clause", "clocks", "documents", "opened", "noted")
EMPTY: Json = {"clocks": [], "documents": [], "opened": [], "noted": {}}
KEPT = ("root", "seq", "title", "number", "dossier", "version", "part_version", "added")
KEPT_OF_A_DRAFT = (*KEPT, "state", "part", "act", "draft")
"""The entry of a step on a draft names the step and no state; the answer names the act that is drafted."""


def standing(unit: Unit, loaded: Loaded, kind: KindRule, rule: ActRule) -> Json:
    """Return what every answer says: where the root stands now, by which act, on which clause, at what time."""
    root = loaded.root
    return {
        "root": root.id,
        "kind": root.kind,
        "title": root.title,
        "number": root.number,
        "dossier": root.dossier,
        "state": root.state,
        **_texts(kind, root.state),
        "version": root.version,
        "part": None,
        "part_version": None,
        "act": rule.name,
        "zh": rule.zh,
        "en": rule.en,
        "clause": rule.clause,
        "seq": root.head_seq,
        "at": iso(unit.now),
        "clocks": [],
        "documents": [],
        "opened": [],
        "added": [],
        "noted": {},
        "draft": None,
        "repeat": False,
    }


def _texts(kind: KindRule, state: str) -> Json:
    return {"state_zh": kind.states[state]["zh"], "state_en": kind.states[state]["en"]}


def outcome_of(act: Act, kind: KindRule) -> Json:
    """Return the answer to an act: the standing, with the clocks, papers, roots and parts that came of it."""
    return standing(act.unit, act.loaded, kind, act.rule) | {
        "part": act.part.id if act.part else None,
        "part_version": act.part.version if act.part else None,
        "clause": act.clause,
        "clocks": act.clocks,
        "documents": act.documents,
        "opened": act.opened,
        "added": [{"kind": part.kind, "id": part.id} for part in act.loaded.parts if part.new],
        "noted": act.notes,
    }


def kept(outcome: Mapping[str, Any], regime: str) -> str:
    """Return as JSON text what the journal entry of the outcome does not hold."""
    names = KEPT_OF_A_DRAFT if outcome["draft"] else KEPT
    values = {key: outcome[key] for key in names if outcome[key] not in (None, [], {})}
    return compact(values | ({"regime": regime} if outcome["draft"] else {}))


def restored(connection: Connection, registry: Registry, values: Mapping[str, Any]) -> Json:
    """Return the first answer to a command again, from what was kept and the journal entry that it wrote.

    The first release kept the whole answer: then that is it.
    """
    if "repeat" in values:
        return {**values, "repeat": True}
    journal, roots = tables.journal, tables.roots
    query = select(journal.c.entry, roots.c.regime).join(roots, roots.c.id == journal.c.root_id)
    row = connection.execute(query.where(roots.c.id == values["root"], journal.c.seq == values["seq"])).one()
    entry = json.loads(row.entry)
    book = registry.with_hash(entry["rulebook"])
    regime = values.get("regime") or (book.name if book else row.regime)
    kind = registry.kind(regime, kind_of(values["root"]))
    answer: Json = {key: values.get(key) for key in KEPT_OF_A_DRAFT} | {"added": values.get("added", [])}
    answer |= {key: entry.get(key, EMPTY.get(key)) for key in FROM_THE_ENTRY}
    answer["part"] = values.get("part") or entry.get("part")
    answer["act"] = values.get("act") or entry["act"]
    answer["state"] = values.get("state") or entry["to"][kind.name]
    rule = registry.act(regime, kind.name, answer["act"])
    answer |= {"kind": kind.name, **_texts(kind, answer["state"]), "zh": rule.zh, "en": rule.en}
    return answer | {"repeat": True}
