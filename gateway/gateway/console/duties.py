"""我的待办: what waits for me in all services, the most urgent first."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request

from gateway import matters
from gateway.console.asking import kinds, services
from gateway.console.blueprints import console
from gateway.console.session import acting
from gateway.console.words import urgency

Row = dict[str, Any]
GROUPS = ("overdue", "drafts", "near", "later", "open", "far")
FAR_DAYS = 60  # working days left beyond which a clock is folded away


@console.get("/")
def duties() -> str:
    """My duties in groups: overdue, drafts for me, due within days, later, what waits without a date, and what is far off."""
    found = matters.duties(services(), acting())
    items = sorted(found["items"], key=_order)
    groups = {name: [item for item in items if _group(item) == name] for name in GROUPS}
    chosen = request.args.get("only", "")
    return render_template(
        "console/duties.html", groups=groups, total=len(items), away=found["away"], chosen=chosen, kinds=kinds()
    )


@console.get("/duties/count")
def count() -> Response:
    """The number for the page's head, asked now and then; a page is told when it has changed."""
    found = matters.duties(services(), acting())
    items = found["items"]
    late = sum(urgency(item) == "overdue" for item in items)
    before = request.args.get("seen", "")
    return make_response(
        render_template(
            "console/_count.html",
            total=len(items),
            late=late,
            away=found["away"],
            more=before.isdigit() and len(items) > int(before),
        )
    )


def _group(item: Row) -> str:
    """The group an item stands in; a draft stays with the drafts unless it is overdue."""
    how = urgency(item)
    if how == "overdue":
        return "overdue"
    if item.get("why") == "draft":
        return "drafts"
    if how == "calm":
        return "far" if int(item["working_days_left"]) > FAR_DAYS else "later"
    return "near" if how in ("today", "soon") else "open"


def _order(item: Row) -> tuple[str, int, str]:
    """The earliest date first, what binds before what is advisory, then by title."""
    return (
        str(item.get("due_at") or item.get("due_on") or "9999"),
        int(bool(item.get("advisory"))),
        str(item.get("title") or ""),
    )
