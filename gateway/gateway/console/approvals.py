"""审批: the drafts that wait for my approval, each with its document as it will be issued, approved or returned with reasons."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from uuid6 import uuid7

from chassis.client import Away, UnknownOutcome
from chassis.core.errors import Refusal
from gateway import composition, operations
from gateway.console.blueprints import console
from gateway.console.display_names import field_texts
from gateway.console.query_parameters import cursor
from gateway.console.service_calls import act_row, clause, kind_row, services
from gateway.console.session import acting
from gateway.problems import Problem, problem_of

Row = dict[str, Any]
PAGE_SIZE = 30
DECISIONS = {"approve": "approve-draft", "return": "return-draft", "withdraw": "withdraw-draft"}


@console.get("/approvals")
def approvals() -> str:
    """A page of the drafts that wait for me, the most urgent first: asked for alone, so that their number is all that it costs."""
    after = cursor()
    result = composition.duties(services(), acting(), why="draft", after=after, size=PAGE_SIZE)
    drafts = [item for item in result["items"] if item["why"] == "draft"]
    return render_template("console/approvals.html", drafts=drafts, result=result, after=after)


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
        answer = operations.perform(
            services(), kind, id, act, {name: value for name, value in data.items() if value is not None},
            form.get("key") or str(uuid7()), acting(), expects=form.get("expects", type=int),
        )  # fmt: skip
    except (Refusal, Away, UnknownOutcome) as fault:
        problem = problem_of(fault)
        return _page(kind, id, draft, problem), problem.status
    outcome = (
        {"draft": answer["draft"]["id"]} if answer.get("draft") else {"done": f"{answer['root']}:{answer.get('seq')}"}
    )
    if answer.get("dossier"):
        return redirect(url_for("console.dossier", dossier=answer["dossier"], **outcome) + f"#{id}")
    return redirect(url_for("console.root", kind=kind, id=id, **outcome))


def _decisions(draft: Row) -> list[str]:
    """What this person may decide about a draft: its approver approves or returns it, its drafter withdraws it, also sent back."""
    if draft.get("state") not in ("open", "returned"):
        return []
    decisions = ["approve", "return"] if draft.get("waits_for_me") and draft["state"] == "open" else []
    return [*decisions, "withdraw"] if draft.get("drafter") == acting().person else decisions


def _page(kind: str, id: str, draft: str, fault: Problem | None = None) -> str:
    view = operations.root(services(), kind, id, acting())
    draft_row = next((row for row in view.get("drafts") or [] if row["id"] == draft), None)
    if draft_row is None:
        raise Refusal(
            "not-found", "没有这份草稿，或它已经办结", "There is no such draft, or it has been dealt with", draft=draft
        )
    regime = view.get("regime")
    row = act_row(kind, draft_row["act"], regime)
    decisions = _decisions(draft_row)
    key = request.form.get("key") or str(uuid7())
    return render_template(
        "console/draft.html", kind=kind, kind_row=kind_row(kind, regime), view=view, draft=draft_row, act=row, decisions=decisions, fault=fault,
        chain=draft_row.get("chain") or [], clause_text=clause(kind, row.get("clause"), regime),
        words=field_texts(kind, draft_row["act"], regime), key=key,
    )  # fmt: skip
