"""Lists of roots by kind, search in all kinds, and the acts that open a root."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from gateway import composition, operations
from gateway.console.blueprints import console
from gateway.console.query_parameters import cursor, search_text
from gateway.console.service_calls import kind_row, kinds, opening_acts, services
from gateway.console.session import acting
from gateway.services import regimes_of

Row = dict[str, Any]
PAGE_SIZE = 20


@console.get("/lists")
def lists() -> str:
    """Which lists there are, by service; with a search text (`?q=`), a page of what matches in all of them."""
    text, after = search_text(), cursor()
    result = composition.search(services(), {"text": text}, acting(), after=after, size=PAGE_SIZE) if text else None
    return render_template(
        "console/lists.html", kinds=kinds(), services=_by_service(), text=text, result=result, after=after,
        away=result["away"] if result else [],
    )  # fmt: skip


@console.get("/lists/<kind>")
def listing(kind: str) -> ResponseReturnValue:
    """A page of the roots of one kind that I may see, by search text and state."""
    row = kind_row(kind)
    text, state, after = search_text(), request.args.get("state", ""), cursor()
    states = _states(kind)
    query = {"text": text, "state": state if state in states else "", "after": after, "size": PAGE_SIZE}
    result = operations.search(services(), kind, {key: value for key, value in query.items() if value}, acting())
    opening, away = opening_acts(kind)
    return render_template(
        "console/listing.html", kind=kind, row=row, states=states, result=result, text=text, state=state, after=after,
        opening=opening, away=away,
    )  # fmt: skip


def _states(kind: str) -> dict[str, Row]:
    """The states that roots of a kind may be in: under the rulebook in force, then those that only other regimes have."""
    service = kind_row(kind)["service"]
    states: dict[str, Row] = {}
    for part in regimes_of(services().describe(service)):
        for name, texts in part["kinds"].get(kind, {}).get("states", {}).items():
            states.setdefault(name, texts)
    return states


@console.get("/start")
def start() -> str:
    """The acts by which I may open a root, by kind."""
    grouped: dict[str, list[Row]] = {}
    opening, away = opening_acts()
    for row in opening:
        grouped.setdefault(row["kind"], []).append(row)
    return render_template("console/start.html", grouped=grouped, kinds=kinds(), away=away)


def _by_service() -> dict[str, list[str]]:
    """Service → its kinds, in the order they are described."""
    grouped: dict[str, list[str]] = {}
    for kind, row in kinds().items():
        grouped.setdefault(row["service"], []).append(kind)
    return grouped
