"""What pages ask of the gateway, with this request's person: one place that knows who asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chassis.client import Away
from chassis.core.errors import Refusal
from flask import g

from gateway import matters
from gateway.console.lexicon import Lexicon, lexicon_of
from gateway.console.session import visitor
from gateway.services import Services, kind_of
from gateway.wiring import gateway

Row = dict[str, Any]
AT_ONCE = 6  # questions of one page that are under way together


def services() -> Services:
    """The services of this gateway."""
    found: Services = gateway().services
    return found


def kinds() -> dict[str, Row]:
    """Every kind of root that a service has described, read once a request."""
    if "kinds" not in g:
        g.kinds = services().kinds()
    found: dict[str, Row] = g.kinds
    return found


def kind_row(kind: str) -> Row:
    """One kind's description; raises Refusal not-found, or Away."""
    return kinds().get(kind) or services().kind(kind)


def lexicon(kind: str, act: str | None = None) -> Lexicon:
    """The lexicon of a kind, made once a request."""
    made: dict[tuple[str, str | None], Lexicon] = g.setdefault("lexicons", {})
    if (kind, act) not in made:
        made[(kind, act)] = lexicon_of(kinds().get(kind, {}), act)
    return made[(kind, act)]


def act_row(kind: str, act: str) -> Row:
    """What is described of an act, or its bare name where the service does not describe it (approvals)."""
    row = kinds().get(kind, {}).get("acts", {}).get(act)
    return {"act": act, **row} if row else {"act": act, "zh": act, "en": act}


def clause(kind: str, number: str | None) -> Row | None:
    """The text of a clause as the kind's service has it."""
    if not number or kind not in kinds():
        return None
    try:
        return services().clause(kinds()[kind]["service"], number)
    except Away:
        return None


def acts_of_all(roots: Iterable[Mapping[str, Any]]) -> dict[str, list[Row]]:
    """Root id → the acts open to this person on it, asked side by side; a root that refuses or is away has none."""
    who = visitor()
    asked = [(str(root["id"]), str(root["kind"])) for root in roots]

    def ask(pair: tuple[str, str]) -> list[Row]:
        try:
            return list(matters.acts(gateway_services, pair[1], pair[0], who))
        except (Refusal, Away):
            return []

    gateway_services = services()
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return dict(zip((root for root, _ in asked), pool.map(ask, asked), strict=True))


def opening_acts(only: Iterable[str] | None = None) -> list[Row]:
    """The acts by which this person may open roots, each with its `kind`; kinds whose service is away are left out."""
    who = visitor()
    known = kinds()
    wanted = [kind for kind in (only or known) if any(row.get("new") for row in known[kind]["acts"].values())]

    def ask(kind: str) -> list[Row]:
        try:
            return [{**row, "kind": kind} for row in matters.acts(gateway_services, kind, None, who)]
        except (Refusal, Away):
            return []

    gateway_services = services()
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return [row for rows in pool.map(ask, wanted) for row in rows]


def names(ids: Iterable[str]) -> dict[str, Row]:
    """Names of people and organisations by id, kept for this request; unknown ids are left out."""
    kept: dict[str, Row] = g.setdefault("names", {})
    wanted = {found for found in ids if found and found not in kept}
    if wanted:
        kept.update(gateway().accounts.names(sorted(wanted)))
    return kept


def name(identifier: Any) -> Row:
    """What to call a person or an organisation; an unknown one by its id."""
    text = str(identifier or "")
    return names([text]).get(text) or {"zh": text, "en": text}


def looks_like_root(value: Any) -> str:
    """The kind of root that a text names, or nothing."""
    kind = kind_of(value) if isinstance(value, str) and "_" in value else ""
    return kind if kind in kinds() and len(value) == len(kind) + 37 else ""
