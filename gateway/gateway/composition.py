"""Duties and dossiers, composed from the answers of all services; a service that is away is named in the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chassis.client import Away
from chassis.core.errors import Refusal
from gateway.identity import Acting
from gateway.services import Services

PAGE = 100  # roots of one dossier in one answer
DOCUMENT_FIELDS = ("title", "number", "state", "state_zh", "state_en")  # what a document's own root adds


def duties(services: Services, actor: Acting) -> dict[str, Any]:
    """What waits for this actor in every service, the most urgent first: `{items, away}`.

    What has no date comes after what has; an advisory clock after a binding one of the same moment.
    """
    answers = services.call_all("duties", {}, actor)
    items = [{**item, "service": service} for service, rows in answers.values.items() for item in rows]
    items.sort(key=lambda item: (item.get("due_at") is None, item.get("due_at") or "", bool(item.get("advisory"))))
    return {"items": items, "away": list(answers.away)}


def dossier(services: Services, identifier: str, actor: Acting | None) -> dict[str, Any]:
    """One dossier from all services: `{dossier, roots, timeline, documents, away}`.

    `roots` are views with their clocks and parts, in order of opening; `timeline` the journal rows of all of them by
    time; `documents` what was issued, joined with its own root; `away` the services that did not answer. Refusal
    not-found when no service holds anything of it that this actor may see.
    """
    searches = services.call_all("search", {"dossier": identifier, "page": 1, "size": PAGE}, actor)
    rows = [*_items(searches.values.items()), *_further(services, identifier, searches.values, actor)]
    if not rows and not searches.away:
        raise Refusal("not-found", dossier=identifier)
    journals = services.call_all("journal", {"dossier": identifier}, actor, searches.values)
    views, away = _views(services, rows, actor)
    timeline = [{**entry, "service": service} for service, entries in journals.values.items() for entry in entries]
    timeline.sort(key=lambda entry: (entry["at"], entry["root"], entry["seq"]))
    missing = {*searches.away, *journals.away, *away}
    return {
        "dossier": identifier,
        "roots": views,
        "timeline": timeline,
        "documents": _documents(timeline, views),
        "away": [name for name in services.names if name in missing],
    }


def _items(answers: Iterable[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    return [(service, item) for service, answer in answers for item in answer["items"]]


def _further(
    services: Services, identifier: str, first: Mapping[str, dict[str, Any]], actor: Acting | None
) -> list[tuple[str, dict[str, Any]]]:
    """The list rows after the first page, of the services that hold more."""
    pages = [
        (service, "search", {"dossier": identifier, "page": page, "size": PAGE})
        for service, answer in first.items()
        for page in range(2, -(-answer["total"] // PAGE) + 1)
    ]
    answers = zip(pages, services.call_each(pages, actor), strict=True)
    return _items((service, answer) for (service, _, _), answer in answers if isinstance(answer, dict))


def _views(
    services: Services, rows: list[tuple[str, dict[str, Any]]], actor: Acting | None
) -> tuple[list[dict[str, Any]], set[str]]:
    """The full views of the roots listed, in order of opening; what could not be read again stays as its list row."""
    answers = services.call_each([(service, "get", {"id": item["id"]}) for service, item in rows], actor)
    away = {service for (service, _), answer in zip(rows, answers, strict=True) if isinstance(answer, Away)}
    views = [
        {**item, **(answer if isinstance(answer, dict) else {}), "service": service}
        for (service, item), answer in zip(rows, answers, strict=True)
    ]
    views.sort(key=lambda view: (view.get("opened_at") or "", view["id"]))
    return views, away


def _documents(timeline: list[dict[str, Any]], views: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every document that the journal names, once, with where it was issued and what its own root adds."""
    by_id = {view["id"]: view for view in views}
    documents: dict[str, dict[str, Any]] = {}
    for entry in timeline:
        for reference in entry.get("documents") or []:
            document = dict(reference) if isinstance(reference, dict) else {"id": reference}
            identifier = document.get("id") or document.get("document")
            if not identifier or identifier in documents:
                continue
            view = by_id.get(identifier, {})
            own = {name: view[name] for name in DOCUMENT_FIELDS if view.get(name)}
            issue = {
                "issued_by": entry["root"],
                "act": entry["act"],
                "act_zh": entry.get("zh"),
                "act_en": entry.get("en"),
                "at": entry["at"],
            }
            documents[identifier] = {**document, **issue, **own, "id": identifier}
    return list(documents.values())
