"""Lists from all services, a page at a time: duties, what is late, search, dossiers and their journals.

A service that does not answer, or refuses to, is named in the result's `away`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.core.errors import Refusal
from gateway.identity import Acting
from gateway.merging import Item, Key, Order, Question, page
from gateway.services import Services

PAGE = 20
WITHOUT_DATE = "9999"
"""Sorts after every date."""


def _duty_key(item: Item) -> Key:
    return (str(item.get("due_at") or WITHOUT_DATE), str(item.get("since") or ""), str(item["root"]))


def _root_key(item: Item) -> Key:
    return (str(item.get("updated_at") or ""),)


def _entry_key(entry: Item) -> Key:
    return (str(entry["at"]), str(entry["root"]), int(entry["seq"]))


def _entry_unit(entry: Item) -> str:
    return f"{entry['root']}#{entry['seq']}"


DUTIES = Order(_duty_key, lambda item: str(item["root"]))
ROOTS = Order(_root_key, lambda item: str(item["id"]), descending=True)
OLDEST = Order(_entry_key, _entry_unit)
NEWEST = Order(_entry_key, _entry_unit, descending=True)


def duties(
    services: Services,
    actor: Acting,
    *,
    queue: str | None = None,
    why: str | None = None,
    after: str | None = None,
    size: int = PAGE,
) -> dict[str, Any]:
    """A page of what waits for this actor, the most urgent first: `{items, next, total, more, away}`.

    `queue`: mine (the default), unit, drafts; `why` draft: only what waits for this actor's approval. What has no date
    comes after what has; `size` counts roots.
    """
    request = {name: value for name, value in (("queue", queue), ("why", why)) if value}
    return page(services, Question("duties", request, DUTIES), actor, after, size)


def late(services: Services, actor: Acting) -> dict[str, Any]:
    """How much is overdue in each unit that this actor stands above: `{items: [{unit, count, oldest}], away}`, the most first."""
    answers = services.call_all("late", {}, actor)
    units: dict[str, Item] = {}
    for row in (row for rows in answers.values.values() for row in rows):
        unit = units.setdefault(row["unit"], {"unit": row["unit"], "count": 0, "oldest": row["oldest"]})
        unit["count"] += row["count"]
        unit["oldest"] = min(unit["oldest"], row["oldest"])
    away = {*answers.away, *answers.refused}
    return {
        "items": sorted(units.values(), key=lambda row: (-row["count"], row["unit"])),
        "away": [name for name in services.names if name in away],
    }


def search(
    services: Services, query: Mapping[str, Any], actor: Acting | None, *, after: str | None = None, size: int = PAGE
) -> dict[str, Any]:
    """A page of the roots of all kinds that match, the last changed first: `{items, next, total, more, away}`.

    `query` may hold text, number, dossier, open.
    """
    return page(services, Question("search", query, ROOTS), actor, after, size)


def dossier(
    services: Services, identifier: str, actor: Acting | None, *, after: str | None = None, size: int = PAGE
) -> dict[str, Any]:
    """A page of what belongs to one matter: `{dossier, items, next, total, more, away}`, the last changed first.

    Refusal not-found when no service holds anything of it that this actor may see.
    """
    answer = search(services, {"dossier": identifier}, actor, after=after, size=size)
    if not (after or answer["items"] or answer["away"]):
        raise Refusal("not-found", dossier=identifier)
    return {"dossier": identifier, **answer}


def journal(
    services: Services,
    identifier: str,
    actor: Acting | None,
    *,
    newest: bool = False,
    after: str | None = None,
    size: int = PAGE,
) -> dict[str, Any]:
    """A page of the journal of one matter, from all services: `{items, next, away}`; by time, the newest first with `newest`."""
    request = {"dossier": identifier, "newest": newest}
    answer = page(services, Question("journal", request, NEWEST if newest else OLDEST), actor, after, size)
    return {name: answer[name] for name in ("items", "next", "away")}
