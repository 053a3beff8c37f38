"""Calls to the services for the person of this request, and the services' descriptions as pages read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import g

from chassis.client import Away
from chassis.core.errors import Refusal
from gateway import operations
from gateway.console.session import visitor
from gateway.services import Services
from gateway.wiring import gateway

Row = dict[str, Any]
ROOTS_OFFERED = 50


def services() -> Services:
    """The services of this gateway."""
    return gateway().services


def kinds() -> dict[str, Row]:
    """Every kind of root that a service has described, read once a request."""
    if "kinds" not in g:
        g.kinds = services().kinds()
    rows: dict[str, Row] = g.kinds
    return rows


def kind_row(kind: str, regime: str | None = None) -> Row:
    """One kind's description under a root's regime (none: the rulebook in force); raises Refusal not-found, or Away."""
    if regime is None:
        return kinds().get(kind) or services().kind(kind)
    return services().kind(kind, regime)


def known_kind(kind: str, regime: str | None = None) -> Row:
    """One kind's description, or nothing where its service has not described it."""
    try:
        return kind_row(kind, regime)
    except (Refusal, Away):
        return {}


def act_row(kind: str, act: str, regime: str | None = None) -> Row:
    """What is described of an act, or its bare name where the service does not describe it (approvals)."""
    row = known_kind(kind, regime).get("acts", {}).get(act)
    return {"act": act, **row} if row else {"act": act, "zh": act, "en": act}


def actor_texts(kind: str, regime: str | None = None) -> dict[str, Row]:
    """What the rulebook of a kind's service calls its actors and parties."""
    try:
        return services().actors(kind, regime)
    except Away:
        return {}


def clause(kind: str, number: str | None, regime: str | None = None) -> Row | None:
    """The text of a clause as the kind's service has it for a root's regime."""
    if not number or kind not in kinds():
        return None
    try:
        return services().clause(kinds()[kind]["service"], number, regime)
    except Away:
        return None


def acts_by_root(roots: Iterable[Mapping[str, Any]]) -> tuple[dict[str, list[Row]], set[str]]:
    """Root id → the acts open to this person on it, read in parallel, without choices; and the services that were away.

    A root whose service refuses has none.
    """
    calls = [(kind_row(root["kind"])["service"], "acts", {"kind": root["kind"], "id": root["id"]}) for root in roots]
    answers = list(zip(calls, services().call_each(calls, visitor()), strict=True))
    return (
        {str(call[2]["id"]): answer if isinstance(answer, list) else [] for call, answer in answers},
        {call[0] for call, answer in answers if isinstance(answer, Away)},
    )


def in_order(away: Iterable[str]) -> list[str]:
    """The services of this set, in the order in which pages name them."""
    names = set(away)
    return [name for name in services().names if name in names]


def opening_acts(kind: str | None = None) -> tuple[list[Row], list[str]]:
    """The acts by which this person may open roots (of one kind), each with its `kind`; and the services that are away."""
    names = [kind_row(kind)["service"]] if kind else None
    answers = services().call_all("acts", {"kind": kind} if kind else {}, visitor(), names)
    rows = [row for rows in answers.values.values() for row in rows]
    return rows, in_order({*answers.away, *answers.refused})


def root_choices(schema: Mapping[str, Any], dossier: str | None) -> dict[str, list[Row]]:
    """Field → the roots it may name, for fields of a schema that name other roots: those of this dossier first."""
    choices: dict[str, list[Row]] = {}
    for field, row in (schema.get("properties") or {}).items():
        kind = row.get("x-root") or (row.get("items") or {}).get("x-root")
        if kind in kinds():
            choices[field] = _roots_of(kind, dossier)
    return choices


def _roots_of(kind: str, dossier: str | None) -> list[Row]:
    try:
        items = operations.search(services(), kind, {"size": ROOTS_OFFERED, "open": True}, visitor())["items"]
    except (Away, Refusal):
        return []
    items = sorted(items, key=lambda item: item.get("dossier") != dossier)
    texts = [
        (item, " · ".join(str(part) for part in (item.get("title"), item.get("number")) if part)) for item in items
    ]
    return [{"value": item["id"], "zh": text or item["id"], "en": text or item["id"]} for item, text in texts]
