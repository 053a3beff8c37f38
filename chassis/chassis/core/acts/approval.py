"""Approval: a draft goes up a chain of posts; the last one signs, and only then is the act performed, checked as of that moment.

Drafting changes no state and meets no clock. Two steps of one chain are never one person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import fields
from sqlalchemy import insert, select, update

from chassis.core.acts.act import Act
from chassis.core.acts.command import Command, Unit
from chassis.core.canonical import digest
from chassis.core.contracts.schema import ActSchema, text
from chassis.core.dates.times import iso
from chassis.core.errors import Refusal
from chassis.core.ids import new_id
from chassis.core.storage import tables
from chassis.core.trust.tokens import Actor

Json = dict[str, Any]


class DraftStep(ActSchema):
    """A step on a draft; `hash` is of what was previewed, so that nobody signs what they have not seen."""

    draft = fields.String(required=True, metadata=text("草稿", "Draft"))
    hash = fields.String(metadata=text("预览摘要", "Hash of the preview"))
    reasons = fields.String(metadata=text("意见", "Reasons", widget="long"))


@dataclass(frozen=True, slots=True)
class Step:
    """What a step made of a draft: the row as it is now, what the journal says of it, and whether it was the signature."""

    row: Json
    entry: Json
    signs: bool = False


def draft(unit: Unit, act: Act) -> Step:
    """Record the draft of an act that needs approval."""
    command, rule = unit.command, act.rule
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
        "chain": list(act.book.approvals[str(rule.approval)]),
        "step": 0,
        "steps": [],
        "state": "open",
        "created_at": iso(unit.now),
    }
    unit.drafts.append(insert(tables.drafts).values(**row))
    return Step(row, _entry(row))


def step(unit: Unit, data: Mapping[str, Any]) -> Step:
    """Approve, return or withdraw a draft of the command's root; refuses whom the step is not for."""
    row = _load(unit, str(data["draft"]))
    act = unit.command.act
    if act == "withdraw-draft":
        return _withdraw(unit, row)
    if row["state"] != "open":
        raise Refusal("wrong-state", "该草稿已办结", "This draft has ended", draft=row["id"], state=row["state"])
    if data.get("hash") and data["hash"] != row["digest"]:
        raise Refusal("stale", "草稿与您预览的内容不一致", "The draft is not what you previewed", draft=row["id"])
    _may_step(unit.command.actor, row)
    if act == "return-draft":
        return _return(unit, row, data)
    if row["step"] + 1 < len(row["chain"]):
        return _advance(unit, row, data)
    return Step({**row, "steps": [*row["steps"], _done(unit, row, "signed", {})]}, {}, signs=True)


def signed_command(unit: Unit, signature: Step) -> Command:
    """Return the drafted act as a command: in the name of the drafter's right, by the signer's hand."""
    row = signature.row
    drafter = Actor.from_dict(row["drafter"])
    return replace(
        unit.command,
        act=row["act"],
        part=row["part_id"] or None,
        data=row["data"],
        draft={"id": row["id"], "drafter": drafter.person, "steps": row["steps"], "digest": row["digest"]},
        drafter=drafter,
    )


def sign(unit: Unit, signature: Step) -> None:
    """Write that a draft is signed."""
    _update(unit, signature.row, state="signed", steps=signature.row["steps"])


def summary(row: Mapping[str, Any]) -> Json:
    """Return what an answer says of a draft: where it stands and which post it waits for."""
    post = row["chain"][row["step"]] if row["state"] == "open" else None
    return {"id": row["id"], "state": row["state"], "step": row["step"], "post": post, "hash": row["digest"]}


def waits_for(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Tell whether an open draft waits for this actor."""
    try:
        _may_step(actor, row)
    except Refusal:
        return False
    return bool(row["state"] == "open")


def _load(unit: Unit, draft_id: str) -> Json:
    drafts = tables.drafts
    query = select(drafts).where(drafts.c.id == draft_id, drafts.c.root_id == unit.command.root)
    row = unit.connection.execute(query).mappings().one_or_none()
    if row is None:
        raise Refusal("not-found", draft=draft_id)
    return dict(row)


def _may_step(actor: Actor, row: Mapping[str, Any]) -> None:
    post, drafter = row["chain"][row["step"]], Actor.from_dict(row["drafter"])
    if actor.person is None or not actor.holds(post) or not set(actor.organisations) & set(drafter.organisations):
        raise Refusal(
            "forbidden", f"此步骤由“{post}”办理", f"This step is for the post {post!r}", draft=row["id"], post=post
        )
    if actor.person in {drafter.person, *(taken["person"] for taken in row["steps"])}:
        raise Refusal(
            "forbidden",
            "同一人不得办理同一审批链的两个步骤",
            "One person may not take two steps of one chain",
            draft=row["id"],
        )


def _done(unit: Unit, row: Json, result: str, data: Mapping[str, Any]) -> Json:
    """Return a step as the draft keeps it: who took it, at which post, with which result."""
    actor = unit.command.actor
    post = row["chain"][row["step"]]
    taken = {
        "person": actor.person,
        "organisation": actor.organisation,
        "post": post,
        "result": result,
        "at": iso(unit.now),
    }
    if post not in actor.posts:
        taken["for"] = actor.deputy[post]
    return taken | ({"reasons": data["reasons"]} if data.get("reasons") else {})


def _advance(unit: Unit, row: Json, data: Mapping[str, Any]) -> Step:
    steps = [*row["steps"], _done(unit, row, "approved", data)]
    return _update(unit, row, data, step=row["step"] + 1, steps=steps)


def _return(unit: Unit, row: Json, data: Mapping[str, Any]) -> Step:
    if not data.get("reasons"):
        raise Refusal("invalid", errors={"reasons": ["退回须说明理由 / returning needs reasons"]})
    return _update(unit, row, data, state="returned", steps=[*row["steps"], _done(unit, row, "returned", data)])


def _withdraw(unit: Unit, row: Json) -> Step:
    """Withdraw a draft that is under way, or put away one that was sent back."""
    if row["state"] not in ("open", "returned"):
        raise Refusal("wrong-state", "该草稿已办结", "This draft has ended", draft=row["id"], state=row["state"])
    if unit.command.actor.person is None or unit.command.actor.person != row["drafter"]["sub"]:
        raise Refusal("forbidden", "只有承办人可以撤回草稿", "Only the drafter may withdraw a draft", draft=row["id"])
    return _update(unit, row, state="withdrawn")


def _update(unit: Unit, row: Json, data: Mapping[str, Any] | None = None, **values: Any) -> Step:
    unit.drafts.append(update(tables.drafts).where(tables.drafts.c.id == row["id"]).values(**values))
    return Step({**row, **values}, _entry(row, data or {}))


def _entry(row: Mapping[str, Any], data: Mapping[str, Any] | None = None) -> Json:
    """Return what the journal says of a step: the act drafted, the draft, its digest, reasons."""
    reasons = {"reasons": data["reasons"]} if data and data.get("reasons") else {}
    return {"of": row["act"], "draft": row["id"], "digest": row["digest"], **reasons}
