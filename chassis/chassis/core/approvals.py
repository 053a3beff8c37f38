"""Approval: a draft goes up a chain of posts; the last one signs, and only then is the act performed, checked as of that moment.

Drafting changes no state and meets no clock. Two steps of one chain are never one person.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marshmallow import fields
from sqlalchemy import Connection, insert, select, update

from chassis.core import store, tables
from chassis.core.access import reads
from chassis.core.canonical import digest
from chassis.core.command import Command, Unit
from chassis.core.errors import Refusal
from chassis.core.ids import kind_of, new_id
from chassis.core.schema import ActSchema, load, text
from chassis.core.times import iso, today
from chassis.core.tokens import Actor

if TYPE_CHECKING:
    from chassis.core.work import Act, Work


Json = dict[str, Any]


class DraftStep(ActSchema):
    """A step on a draft; `hash` is of what was previewed, so that nobody signs what they have not seen."""

    draft = fields.String(required=True, metadata=text("草稿", "Draft"))
    hash = fields.String(metadata=text("预览摘要", "Hash of the preview"))
    reasons = fields.String(metadata=text("意见", "Reasons", widget="long"))


def draft(work: "Work", unit: Unit, act: "Act") -> dict[str, Any]:
    """Record the draft of an act that needs approval, and answer with where it goes."""
    command, rule = unit.command, act.rule
    chain = list(work.book.approvals[str(rule.approval)])
    content = {"root": act.root.id, "part": command.part, "act": rule.name, "data": act.data}
    row = {
        "id": new_id("draft"),
        "root_id": act.root.id,
        "part_id": command.part or "",
        "act": rule.name,
        "data": act.data,
        "drafter": command.actor.to_dict(),
        "root_version": act.root.version,
        "digest": digest(content),
        "chain": chain,
        "step": 0,
        "steps": [],
        "state": "open",
        "created_at": iso(unit.now),
    }
    unit.drafts.append(insert(tables.drafts).values(**row))
    _journal(
        work, unit, act.loaded, "draft", {"of": rule.name, "draft": row["id"], "digest": row["digest"]}, rule.clause
    )
    return _answer(work, unit, act.loaded, rule.name, row)


def step(work: "Work", connection: Connection, command: Command, now: datetime) -> dict[str, Any]:
    """Approve, return or withdraw a draft."""
    data = load(DraftStep(), command.data, today(now))
    if command.root is None or kind_of(command.root) != command.kind:
        raise Refusal("not-found", root=command.root)
    loaded = store.load(connection, command.root, lock=True)
    known = work.known(connection, command)
    if known:
        return known
    if (
        reads(work.book, work.kind(command.kind), command.actor, loaded.parties, loaded.root.state, work.settings)
        is None
    ):
        raise Refusal("not-found", root=command.root)
    found = (
        connection.execute(
            select(tables.drafts).where(tables.drafts.c.id == data["draft"], tables.drafts.c.root_id == command.root)
        )
        .mappings()
        .one_or_none()
    )
    if found is None:
        raise Refusal("not-found", draft=data["draft"])
    row = dict(found)
    if row["state"] != "open":
        raise Refusal("wrong-state", "该草稿已办结", "This draft has ended", draft=row["id"], state=row["state"])
    if data.get("hash") and data["hash"] != row["digest"]:
        raise Refusal("stale", "草稿与您预览的内容不一致", "The draft is not what you previewed", draft=row["id"])
    unit = Unit(connection, command, now)
    if command.act == "withdraw-draft":
        return _withdraw(work, unit, loaded, row)
    _may_step(command.actor, row)
    if command.act == "return-draft":
        return _return(work, unit, loaded, row, data)
    if row["step"] + 1 < len(row["chain"]):
        return _advance(work, unit, loaded, row, data)
    return _sign(work, unit, row)


def waits_for(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Tell whether an open draft waits for this actor."""
    try:
        _may_step(actor, row)
    except Refusal:
        return False
    return bool(row["state"] == "open")


def _may_step(actor: Actor, row: Mapping[str, Any]) -> None:
    post, drafter = row["chain"][row["step"]], Actor.from_dict(row["drafter"])
    if actor.person is None or not actor.holds(post) or not set(actor.organisations) & set(drafter.organisations):
        raise Refusal(
            "forbidden", f"此步骤由“{post}”办理", f"This step is for the post {post!r}", draft=row["id"], post=post
        )
    if actor.person in {drafter.person, *(done["person"] for done in row["steps"])}:
        raise Refusal(
            "forbidden",
            "同一人不得办理同一审批链的两个步骤",
            "One person may not take two steps of one chain",
            draft=row["id"],
        )


def _done(unit: Unit, row: Json, result: str, data: Mapping[str, Any]) -> dict[str, Any]:
    actor = unit.command.actor
    post = row["chain"][row["step"]]
    found = {
        "person": actor.person,
        "organisation": actor.organisation,
        "post": post,
        "result": result,
        "at": iso(unit.now),
    }
    if post not in actor.posts:
        found["for"] = actor.deputy[post]
    return found | ({"reasons": data["reasons"]} if data.get("reasons") else {})


def _advance(work: "Work", unit: Unit, loaded: store.Loaded, row: Json, data: Mapping[str, Any]) -> dict[str, Any]:
    values = {"step": row["step"] + 1, "steps": [*row["steps"], _done(unit, row, "approved", data)]}
    unit.drafts.append(update(tables.drafts).where(tables.drafts.c.id == row["id"]).values(**values))
    _journal(work, unit, loaded, "approve-draft", _told(row, data), work.rule(loaded.root.kind, row["act"]).clause)
    return _finished(work, unit, loaded, {**row, **values})


def _return(work: "Work", unit: Unit, loaded: store.Loaded, row: Json, data: Mapping[str, Any]) -> dict[str, Any]:
    if not data.get("reasons"):
        raise Refusal("invalid", errors={"reasons": ["退回须说明理由 / returning needs reasons"]})
    values = {"state": "returned", "steps": [*row["steps"], _done(unit, row, "returned", data)]}
    unit.drafts.append(update(tables.drafts).where(tables.drafts.c.id == row["id"]).values(**values))
    _journal(work, unit, loaded, "return-draft", _told(row, data), work.rule(loaded.root.kind, row["act"]).clause)
    return _finished(work, unit, loaded, {**row, **values})


def _withdraw(work: "Work", unit: Unit, loaded: store.Loaded, row: Json) -> dict[str, Any]:
    if unit.command.actor.person is None or unit.command.actor.person != row["drafter"]["sub"]:
        raise Refusal("forbidden", "只有承办人可以撤回草稿", "Only the drafter may withdraw a draft", draft=row["id"])
    unit.drafts.append(update(tables.drafts).where(tables.drafts.c.id == row["id"]).values(state="withdrawn"))
    _journal(work, unit, loaded, "withdraw-draft", _told(row, {}), work.rule(loaded.root.kind, row["act"]).clause)
    return _finished(work, unit, loaded, {**row, "state": "withdrawn"})


def _sign(work: "Work", unit: Unit, row: Json) -> dict[str, Any]:
    """Perform the drafted act as of now, in the name of the drafter's right and by the signer's hand."""
    steps = [*row["steps"], _done(unit, row, "signed", {})]
    drafter = Actor.from_dict(row["drafter"])
    asked = unit.command
    inner = replace(
        asked,
        act=row["act"],
        part=row["part_id"] or None,
        data=row["data"],
        draft={"id": row["id"], "drafter": drafter.person, "steps": steps, "digest": row["digest"]},
        drafter=drafter,
    )
    unit.command = inner
    act = work.prepare(unit, work.rule(asked.kind, row["act"]))
    assert not isinstance(act, dict)
    work.check(unit, act)
    unit.drafts.append(update(tables.drafts).where(tables.drafts.c.id == row["id"]).values(state="signed", steps=steps))
    work.run(act)
    outcome = work.outcome(act) | {"draft": {"id": row["id"], "state": "signed"}}
    work.finish(unit, outcome, asked)
    return outcome


def _told(row: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "of": row["act"],
        "draft": row["id"],
        "digest": row["digest"],
        **({"reasons": data["reasons"]} if data.get("reasons") else {}),
    }


def _journal(work: "Work", unit: Unit, loaded: store.Loaded, name: str, data: Mapping[str, Any], clause: str) -> None:
    unit.touched[loaded.root.id] = loaded
    work.append(unit, loaded, name, clause, {"data": dict(data)})


def _finished(work: "Work", unit: Unit, loaded: store.Loaded, row: Mapping[str, Any]) -> dict[str, Any]:
    outcome = _answer(work, unit, loaded, row["act"], row)
    work.finish(unit, outcome)
    return outcome


def _answer(work: "Work", unit: Unit, loaded: store.Loaded, act: str, row: Mapping[str, Any]) -> dict[str, Any]:
    post = row["chain"][row["step"]] if row["state"] == "open" else None
    return work.standing(unit, loaded, work.rule(loaded.root.kind, act)) | {
        "part": row["part_id"] or None,
        "draft": {"id": row["id"], "state": row["state"], "step": row["step"], "post": post, "hash": row["digest"]},
    }
