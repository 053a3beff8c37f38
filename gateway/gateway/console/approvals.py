"""审批: the drafts that wait for my approval, each with what will be said on paper, approved or returned with reasons."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from uuid6 import uuid7

from chassis.client import Away, UnknownOutcome
from chassis.core.errors import Refusal
from gateway import matters
from gateway.console.asking import act_row, clause, kind_row, kinds, lexicon, services
from gateway.console.blueprints import console
from gateway.console.session import acting
from gateway.problems import problem_of

Row = dict[str, Any]
DECISIONS = {"approve": "approve-draft", "return": "return-draft", "withdraw": "withdraw-draft"}


@console.get("/approvals")
def approvals() -> str:
    """Drafts that wait for me, the most urgent first."""
    found = matters.duties(services(), acting())
    drafts = sorted(
        (item for item in found["items"] if item["why"] == "draft"), key=lambda item: str(item.get("due_at") or "9")
    )
    return render_template("console/approvals.html", drafts=drafts, away=found["away"], kinds=kinds())


@console.get("/roots/<kind>/<id>/drafts/<draft>")
def draft(kind: str, id: str, draft: str) -> ResponseReturnValue:
    """One draft: its data as it will stand, its clause, and what I may decide about it."""
    return _page(kind, id, draft)


@console.post("/roots/<kind>/<id>/drafts/<draft>")
def decide(kind: str, id: str, draft: str) -> ResponseReturnValue:
    """Approve, return or withdraw a draft; the hash of what was previewed goes with it."""
    form = request.form
    act = DECISIONS.get(form.get("decision", ""))
    if act is None:
        return _page(kind, id, draft), 400
    data = {"draft": draft, "hash": form.get("hash") or None, "reasons": form.get("reasons", "").strip() or None}
    if act == "withdraw-draft":
        data.pop("hash")
    try:
        answer = matters.perform(
            services(), kind, id, act, {name: value for name, value in data.items() if value is not None},
            form.get("key") or str(uuid7()), acting(), expects=form.get("expects", type=int),
        )  # fmt: skip
    except (Refusal, Away, UnknownOutcome) as fault:
        problem = problem_of(fault)
        return _page(kind, id, draft, problem), problem.status
    told = (
        {"draft": answer["draft"]["id"]} if answer.get("draft") else {"done": f"{answer['root']}:{answer.get('seq')}"}
    )
    if answer.get("dossier"):
        return redirect(url_for("console.dossier", dossier=answer["dossier"], **told) + f"#{id}")
    return redirect(url_for("console.root", kind=kind, id=id, **told))


def _decisions(draft: Row) -> list[str]:
    """What this person may decide about a draft: who it waits for approves or returns, who drafted it withdraws."""
    if draft.get("state") != "open":
        return []
    mine = ["approve", "return"] if draft.get("waits_for_me") else []
    return [*mine, "withdraw"] if draft.get("drafter") == acting().person else mine


def _page(kind: str, id: str, draft: str, fault: Any = None) -> str:
    view = matters.root(services(), kind, id, acting())
    found = next((row for row in view.get("drafts") or [] if row["id"] == draft), None)
    if found is None:
        raise Refusal(
            "not-found", "没有这份草稿，或它已经办结", "There is no such draft, or it has been dealt with", draft=draft
        )
    row = act_row(kind, found["act"])
    decisions = _decisions(found)
    key = request.form.get("key") or str(uuid7())
    return render_template(
        "console/draft.html", kind=kind, kind_row=kind_row(kind), view=view, draft=found, act=row, decisions=decisions, fault=fault,
        chain=found.get("chain") or [], clause_text=clause(kind, row.get("clause")), words=lexicon(kind, found["act"]), key=key,
    )  # fmt: skip
