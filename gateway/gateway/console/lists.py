"""Lists and search, a kind at a time, and the acts by which something new begins."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from gateway import matters
from gateway.console.asking import kind_row, kinds, opening_acts, page_number, services, words_asked
from gateway.console.blueprints import console
from gateway.console.session import acting

PAGE_SIZE = 20


@console.get("/lists")
def lists() -> str:
    """Which lists there are, by service; with words (`?q=`), what matches in all of them."""
    text = words_asked()
    found, away = _everywhere(text) if text else ([], [])
    return render_template(
        "console/lists.html", kinds=kinds(), services=_by_service(), text=text, found=found, away=away
    )


def _everywhere(text: str) -> tuple[list[dict[str, Any]], list[str]]:
    """What matches these words in every service, the latest first, and who is away."""
    answers = services().call_all("search", {"text": text, "size": PAGE_SIZE}, acting())
    items = [item for answer in answers.values.values() for item in answer["items"] if item["kind"] in kinds()]
    return sorted(items, key=lambda item: str(item.get("updated_at") or ""), reverse=True), list(answers.away)


@console.get("/lists/<kind>")
def listing(kind: str) -> ResponseReturnValue:
    """The roots of one kind that I may see, by words and state."""
    row = kind_row(kind)
    text, state = words_asked(), request.args.get("state", "")
    page = page_number()
    query = {"text": text or None, "state": state if state in row["states"] else None, "page": page, "size": PAGE_SIZE}
    found = matters.search(
        services(), kind, {key: value for key, value in query.items() if value is not None}, acting()
    )
    last = max(1, -(-int(found["total"]) // PAGE_SIZE))
    return render_template(
        "console/listing.html", kind=kind, row=row, found=found, text=text, state=state, page=page, last=last,
        opening=opening_acts(kind), services=_by_service(),
    )  # fmt: skip


@console.get("/start")
def start() -> str:
    """The acts by which I may begin something, by kind."""
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
