"""Roots, acts, duties and dossiers as the services tell them: one path for the API and for the pages.

`actor` is a `gateway.identity.Acting` or None for the public. Everything raises `Refusal`, `Away` or `UnknownOutcome`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from chassis.client import Away
from chassis.core.errors import Refusal
from chassis.core.ids import kind_of
from gateway.identity import Acting
from gateway.services import Services

COMMANDS = uuid.UUID("5b5b2f06-0a52-5b0d-9c0e-6d1f4f4f8a11")  # the name space of command ids
PAGE = 100  # roots of one dossier in one answer
DOCUMENT_TOLD = ("title", "number", "state", "state_zh", "state_en")  # what a document's own root adds
IDENTIFIER = re.compile(r"[a-z][a-z_]*_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def command_id(key: str, actor: Acting | None) -> str:
    """The command id of an idempotency key: two people who choose the same key do not meet."""
    who = f"{actor.person}/{actor.organisation}" if actor else "public"
    return str(uuid.uuid5(COMMANDS, f"{who}/{key}"))


def of_kind(kind: str, identifier: str) -> str:
    """The id, when it is one of this kind; else Refusal not-found."""
    if not IDENTIFIER.fullmatch(identifier) or kind_of(identifier) != kind:
        raise Refusal("not-found", kind=kind, id=identifier)
    return identifier


def search(services: Services, kind: str, query: Mapping[str, Any], actor: Acting | None) -> dict[str, Any]:
    """Roots of one kind: `query` may hold state, dossier, text, page, size; returns `{items, total, page}`."""
    found: dict[str, Any] = services.call(services.service_of(kind), "search", {"kind": kind, **query}, actor)
    return found


def root(services: Services, kind: str, identifier: str, actor: Acting | None, reveal: bool = False) -> dict[str, Any]:
    """One root as this actor may see it; `reveal` opens the marked fields this actor may see, which the service records."""
    request: dict[str, Any] = {"id": of_kind(kind, identifier)}
    if reveal:
        request["reveal"] = True
    found: dict[str, Any] = services.call(services.service_of(kind), "get", request, actor)
    return found


def acts(services: Services, kind: str, identifier: str | None, actor: Acting | None) -> list[dict[str, Any]]:
    """What this actor may do now on a root; with no id, the acts that open a root of this kind."""
    service = services.service_of(kind)
    request = {"kind": kind, "id": of_kind(kind, identifier) if identifier else None}
    found: list[dict[str, Any]] = services.call(service, "acts", request, actor)
    return found


def perform(
    services: Services,
    kind: str,
    identifier: str | None,
    act: str,
    data: Mapping[str, Any],
    key: str,
    actor: Acting | None,
    *,
    part: str | None = None,
    expects: int | None = None,
    trace: str | None = None,
) -> dict[str, Any]:
    """Perform an act, or open a root when there is no id. `key` is the idempotency key, `expects` the version seen.

    Returns the service's answer `{root, kind, state, version, part, act, clause, clocks, documents, draft, …}`.
    """
    service = services.act(kind, act)["service"]
    request = {
        "command": command_id(key, actor),
        "kind": kind,
        "id": of_kind(kind, identifier) if identifier else None,
        "act": act,
        "part": part,
        "expects": expects,
        "data": dict(data),
        "trace": trace,
    }
    found: dict[str, Any] = services.call(service, "perform", request, actor)
    return found


def journal(services: Services, kind: str, identifier: str, actor: Acting | None) -> list[dict[str, Any]]:
    """The journal rows of one root that this actor may see, in order."""
    service = services.service_of(kind)
    found: list[dict[str, Any]] = services.call(service, "journal", {"id": of_kind(kind, identifier)}, actor)
    return found


def duties(services: Services, actor: Acting) -> dict[str, Any]:
    """What waits for this actor in every service, the most urgent first: `{items, away}`.

    What has no date comes after what has; an advisory clock after a binding one of the same moment.
    """
    answers = services.call_all("duties", {}, actor)
    items = [{**item, "service": service} for service, rows in answers.values.items() for item in rows]
    items.sort(key=lambda item: (item.get("due_at") is None, item.get("due_at") or "", bool(item.get("advisory"))))
    return {"items": items, "away": list(answers.away)}


def dossier(services: Services, identifier: str, actor: Acting | None) -> dict[str, Any]:
    """One matter from all services, side by side: `{dossier, roots, timeline, documents, away}`.

    `roots` are views with their clocks and parts, in order of opening; `timeline` the journal rows of all of them by
    time; `documents` what was issued, joined with its own root. Who is away is named. Refusal not-found when nobody
    holds anything of it that this actor may see.
    """
    listed = services.call_all("search", {"dossier": identifier, "page": 1, "size": PAGE}, actor)
    found = [*_items(listed.values.items()), *_further(services, identifier, listed.values, actor)]
    if not found and not listed.away:
        raise Refusal("not-found", dossier=identifier)
    told = services.call_all("journal", {"dossier": identifier}, actor, listed.values)
    views, away = _views(services, found, actor)
    timeline = [{**row, "service": service} for service, rows in told.values.items() for row in rows]
    timeline.sort(key=lambda row: (row["at"], row["root"], row["seq"]))
    missing = {*listed.away, *told.away, *away}
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
    services: Services, found: list[tuple[str, dict[str, Any]]], actor: Acting | None
) -> tuple[list[dict[str, Any]], set[str]]:
    """The full views of the roots found, in order of opening; what could not be read again stays as its list row."""
    answers = services.call_each([(service, "get", {"id": item["id"]}) for service, item in found], actor)
    away = {service for (service, _), answer in zip(found, answers, strict=True) if isinstance(answer, Away)}
    views = [
        {**item, **(answer if isinstance(answer, dict) else {}), "service": service}
        for (service, item), answer in zip(found, answers, strict=True)
    ]
    views.sort(key=lambda view: (view.get("opened_at") or "", view["id"]))
    return views, away


def _documents(timeline: list[dict[str, Any]], views: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every paper that the journal names, once, with where it was issued and what its own root tells."""
    by_id = {view["id"]: view for view in views}
    documents: dict[str, dict[str, Any]] = {}
    for row in timeline:
        for named in row.get("documents") or []:
            paper = dict(named) if isinstance(named, dict) else {"id": named}
            identifier = paper.get("id") or paper.get("document")
            if not identifier or identifier in documents:
                continue
            view = by_id.get(identifier, {})
            known = {name: view[name] for name in DOCUMENT_TOLD if view.get(name)}
            issued = {
                "issued_by": row["root"],
                "act": row["act"],
                "act_zh": row.get("zh"),
                "act_en": row.get("en"),
                "at": row["at"],
            }
            documents[identifier] = {**paper, **issued, **known, "id": identifier}
    return list(documents.values())
