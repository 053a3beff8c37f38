"""我的待办: what waits for me in all services, the most urgent first, a page at a time; my unit's queue; my own drafts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Response, make_response, render_template, request
from flask_babel import gettext

from gateway import composition
from gateway.console.blueprints import console
from gateway.console.fragments import fragment, shows_faults
from gateway.console.localisation import format_date, urgency
from gateway.console.query_parameters import cursor
from gateway.console.service_calls import kinds, services
from gateway.console.session import acting

Row = dict[str, Any]
QUEUES = ("mine", "unit", "drafts")
GROUPS = ("returned", "overdue", "drafts", "near", "later", "open", "under_way", "far")
FAR_DAYS = 60  # working days left beyond which a clock is folded away
PAGE_SIZE = 30


@console.get("/")
def duties() -> str:
    """A page of my duties in groups: sent back to me, overdue, for my approval, near, later, without a date, far off."""
    queue = request.args.get("queue", "mine")
    queue = queue if queue in QUEUES else "mine"
    after = cursor()
    result = composition.duties(services(), acting(), queue=queue, after=after, size=PAGE_SIZE)
    items = sorted(result["items"], key=_order)
    groups = {name: [item for item in items if _group(item) == name] for name in GROUPS}
    return render_template(
        "console/duties.html", groups=groups, result=result, queue=queue, queues=QUEUES, after=after, kinds=kinds()
    )


@console.get("/duties/count")
def count() -> Response:
    """The number for the page's head, polled by the page with the number it shows (`?seen=`); says when there are more.

    One duty is asked for: the most urgent, which tells whether any is overdue.
    """
    result = composition.duties(services(), acting(), size=1)
    seen = request.args.get("seen", "")
    return make_response(
        render_template(
            "console/_count.html",
            result=result,
            late=any(urgency(item) == "overdue" for item in result["items"]),
            grown=seen.isdecimal() and result["total"] > int(seen[:9]),
        )
    )


@console.get("/duties/late")
@shows_faults
def late() -> str:
    """How much is overdue in each unit that I stand above."""
    result = composition.late(services(), acting())
    for row in result["items"]:  # a period ends at midnight: its last day is the one before
        row["due_on"] = format_date(datetime.fromisoformat(row["oldest"]) - timedelta(seconds=1))
    return fragment("console/_late.html", gettext("Late, by unit"), result=result)


def _group(item: Row) -> str:
    """The group of an item; my own drafts have groups of their own, a draft to approve stays with those unless it is overdue."""
    if item["why"] in ("returned", "under_way"):
        return str(item["why"])
    level = urgency(item)
    if level == "overdue":
        return "overdue"
    if item["why"] == "draft":
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
