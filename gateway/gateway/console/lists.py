"""Lists of roots by kind, search in all kinds, and the acts that open a root."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from gateway import operations
from gateway.console.blueprints import console
from gateway.console.query_parameters import page_number, search_text
from gateway.console.service_calls import kind_row, kinds, opening_acts, services
from gateway.console.session import acting

PAGE_SIZE = 20


@console.get("/lists")
def lists() -> str:
    """Which lists there are, by service; with a search text (`?q=`), what matches in all of them."""
    text = search_text()
    matches, away = _search_all(text) if text else ([], [])
    return render_template(
        "console/lists.html", kinds=kinds(), services=_by_service(), text=text, matches=matches, away=away
    )


def _search_all(text: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The roots of every service that match this text, the last changed first, and the services that are away."""
    answers = services().call_all("search", {"text": text, "size": PAGE_SIZE}, acting())
    items = [item for answer in answers.values.values() for item in answer["items"] if item["kind"] in kinds()]
    return sorted(items, key=lambda item: str(item.get("updated_at") or ""), reverse=True), list(answers.away)


@console.get("/lists/<kind>")
def listing(kind: str) -> ResponseReturnValue:
    """The roots of one kind that I may see, by search text and state."""
    row = kind_row(kind)
    text, state = search_text(), request.args.get("state", "")
    page = page_number()
    query = {"text": text or None, "state": state if state in row["states"] else None, "page": page, "size": PAGE_SIZE}
    result = operations.search(
        services(), kind, {key: value for key, value in query.items() if value is not None}, acting()
    )
    last = max(1, -(-int(result["total"]) // PAGE_SIZE))
    return render_template(
        "console/listing.html", kind=kind, row=row, result=result, text=text, state=state, page=page, last=last,
        opening=opening_acts(kind), services=_by_service(),
    )  # fmt: skip


@console.get("/start")
def start() -> str:
    """The acts by which I may open a root, by kind."""
    grouped: dict[str, list[dict[str, object]]] = {}
    for row in opening_acts():
        grouped.setdefault(row["kind"], []).append(row)
    return render_template("console/start.html", grouped=grouped, kinds=kinds())


def _by_service() -> dict[str, list[str]]:
    """Service → its kinds, in the order they are described."""
    grouped: dict[str, list[str]] = {}
    for kind, row in kinds().items():
        grouped.setdefault(row["service"], []).append(kind)
    return grouped
