"""我的待办: what waits for me in all services, the most urgent first."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request

from gateway import composition
from gateway.console.blueprints import console
from gateway.console.localisation import urgency
from gateway.console.service_calls import kinds, services
from gateway.console.session import acting

Row = dict[str, Any]
GROUPS = ("overdue", "drafts", "near", "later", "open", "far")
FAR_DAYS = 60  # working days left beyond which a clock is folded away


@console.get("/")
def duties() -> str:
    """My duties in groups: overdue, drafts for me, due within days, later, what waits without a date, and what is far off."""
    result = composition.duties(services(), acting())
    items = sorted(result["items"], key=_order)
    groups = {name: [item for item in items if _group(item) == name] for name in GROUPS}
    chosen = request.args.get("only", "")
    return render_template(
        "console/duties.html", groups=groups, total=len(items), away=result["away"], chosen=chosen, kinds=kinds()
    )


@console.get("/duties/count")
def count() -> Response:
    """The number for the page's head, polled by the page with the number it shows (`?seen=`); says when there are more."""
    result = composition.duties(services(), acting())
    items = result["items"]
    late = sum(urgency(item) == "overdue" for item in items)
    seen = request.args.get("seen", "")
    return make_response(
        render_template(
            "console/_count.html",
            total=len(items),
            late=late,
            away=result["away"],
            more=seen.isdigit() and len(items) > int(seen),
        )
    )


def _group(item: Row) -> str:
    """The group of an item; a draft stays with the drafts unless it is overdue."""
    level = urgency(item)
    if level == "overdue":
        return "overdue"
    if item.get("why") == "draft":
        return "drafts"
    if level == "calm":
        return "far" if int(item["working_days_left"]) > FAR_DAYS else "later"
    return "near" if level in ("today", "soon") else "open"


def _order(item: Row) -> tuple[str, int, str]:
    """The earliest date first, a binding clock before an advisory one, then by title."""
    return (
        str(item.get("due_at") or item.get("due_on") or "9999"),
        int(bool(item.get("advisory"))),
        str(item.get("title") or ""),
    )
