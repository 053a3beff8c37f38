"""One root as an actor may see it: fields, parts, clocks, parties, drafts; marked values opened on record."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from chassis.core.acts import approval
from chassis.core.dates.times import iso, today
from chassis.core.reads.view import Json, View, brief
from chassis.core.rulebook.model import KindRule
from chassis.core.storage import roots, tables
from chassis.core.storage.roots import ClockRun, Loaded, Part
from chassis.core.trust.access import sees_mark
from chassis.core.trust.seal import REFERENCE, references, walk_references

Opener = Callable[[Any], Any]


def get(view: View, root_id: str, *, reveal: bool) -> Json:
    """Return a root with its parts, clocks, parties and open drafts, as far as the actor may see them."""
    loaded = roots.load(view.connection, root_id, lock=False)
    rule = view.require_visible(loaded)
    root, kind = loaded.root, view.kind(loaded.root)
    opened = _opener(view, loaded, reveal)
    whole = rule.fields is None
    body = root.body if rule.fields is None else {key: value for key, value in root.body.items() if key in rule.fields}
    own = {party.part_id for party in loaded.parties if party.part_id and party.who in view.actor.reach}
    parts = [
        part for part in loaded.parts if rule.fields is None or f"part:{part.kind}" in rule.fields or part.id in own
    ]
    return {
        **brief(kind, root),
        "body": opened(body),
        "parts": [_part_view(kind, part, opened) for part in parts],
        "clocks": [
            clock_view(view, kind, run)
            for run in loaded.clocks
            if run.state != "replaced"
            and run.name in kind.clocks  # one that ended under an earlier edition may be no more
        ],
        "parties": [{"name": p.name, "who": p.who, "part": p.part_id or None} for p in loaded.parties if whole],
        "drafts": _drafts(view, loaded, opened) if whole else [],
        "head": {"seq": root.head_seq, "hash": root.head},
    }


def _part_view(kind: KindRule, part: Part, opened: Opener) -> Json:
    rule = kind.parts[part.kind]
    return {
        "id": part.id,
        "kind": part.kind,
        "zh": rule.zh,
        "state": part.state,
        "state_zh": rule.states[part.state]["zh"],
        "state_en": rule.states[part.state]["en"],
        "version": part.version,
        "opened_at": part.opened_at,
        "body": opened(part.body),
    }


def _opener(view: View, loaded: Loaded, reveal: bool) -> Opener:
    """Return a function that opens the marked values the actor may see (and records that), and masks the others."""
    root, kind = loaded.root, view.kind(loaded.root)
    book = view.book(root)
    allowed = {mark for mark in kind.marks if sees_mark(book, kind, mark, view.actor, loaded.parties, view.settings)}

    def opened(value: Any) -> Any:
        revealed = [reference for reference in references(value) if reveal and reference["mark"] in allowed]
        rows = _sealed_rows(view, [reference[REFERENCE] for reference in revealed])
        if revealed and view.actor.person:
            _record_access(view, root.id, revealed)

        def open_one(reference: dict[str, str]) -> Any:
            row = rows.get(reference[REFERENCE])
            if row is None:
                return {"marked": reference["mark"], "may_reveal": reference["mark"] in allowed}
            if row["box"] is None:
                return {"marked": reference["mark"], "erased": True}
            return json.loads(view.seal.open(row["box"], row["id"]))

        return walk_references(value, open_one)

    return opened


def _record_access(view: View, root_id: str, revealed: list[dict[str, str]]) -> None:
    view.connection.execute(
        insert(tables.accesses),
        {
            "root_id": root_id,
            "mark": ",".join(sorted({reference["mark"] for reference in revealed})),
            "at": iso(view.now),
            "sealed_ids": ",".join(reference[REFERENCE] for reference in revealed),
            "person": view.actor.person,
            "organisation": view.actor.organisation,
        },
    )


def _sealed_rows(view: View, ids: list[str]) -> dict[str, Any]:
    if not ids:
        return {}
    rows = view.connection.execute(select(tables.sealed).where(tables.sealed.c.id.in_(ids))).mappings()
    return {row["id"]: row for row in rows}


def clock_view(view: View, kind: KindRule, run: ClockRun) -> Json:
    """Return what pages and duties say of a clock's run."""
    rule = kind.clocks[run.name]
    return {
        "clock": run.name,
        "zh": rule.zh,
        "en": rule.en,
        "clause": rule.clause,
        "part": run.part_id or None,
        "state": run.state,
        "start_on": run.start_on,
        "length": run.length,
        "due_on": run.due_on,
        "due_at": run.due_at,
        "provisional": run.provisional,
        "advisory": rule.advisory,
        "source": rule.source,
        "ended_at": run.ended_at,
        "overdue": run.state == "running" and run.due_at <= iso(view.now),
        "working_days_left": view.clocks.calendar.working_days_left(today(view.now), date.fromisoformat(run.due_on)),
    }


def _drafts(view: View, loaded: Loaded, opened: Opener) -> list[Json]:
    drafts = tables.drafts
    query = select(drafts).where(drafts.c.root_id == loaded.root.id).order_by(drafts.c.id)
    rows = view.connection.execute(query).mappings()
    kind = view.kind(loaded.root)
    return [draft_view(view, kind, dict(row)) | {"data": opened(row["data"])} for row in rows]


def draft_view(view: View, kind: KindRule, row: Mapping[str, Any]) -> Json:
    """Return a draft without its data; an act that the present rulebook no longer has stands by its name."""
    rule = kind.acts.get(row["act"])
    return {
        "id": row["id"],
        "act": row["act"],
        "zh": rule.zh if rule else row["act"],
        "en": rule.en if rule else row["act"],
        "clause": rule.clause if rule else None,
        "document": rule.document if rule else None,
        "part": row["part_id"] or None,
        "drafter": row["drafter"]["sub"],
        "organisation": row["drafter"]["org"],
        "chain": row["chain"],
        "step": row["step"],
        "steps": row["steps"],
        "state": row["state"],
        "hash": row["digest"],
        "created_at": row["created_at"],
        "waits_for_me": approval.waits_for(view.actor, row),
    }
