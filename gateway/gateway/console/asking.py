"""What pages ask of the gateway, with this request's person: one place that knows who asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import g, request

from chassis.client import Away
from chassis.core.errors import Refusal
from gateway import matters
from gateway.console.lexicon import Lexicon, everywhere, of_act, of_kind
from gateway.console.session import visitor
from gateway.services import Services, kind_of
from gateway.wiring import gateway

Row = dict[str, Any]
LEXICONS_KEPT = 1000
ROOTS_OFFERED = 50
UUID_LENGTH = 36
PAGE_MOST = 10_000
WORDS_MOST = 200

_lexicons: dict[tuple[str, str, str | None], Lexicon] = {}


def page_number() -> int:
    """The page of a list that was asked for (`?page=`), from 1."""
    return min(max(1, request.args.get("page", 1, type=int)), PAGE_MOST)


def words_asked() -> str:
    """The words that were searched for (`?q=`)."""
    return request.args.get("q", "").replace("\0", "").strip()[:WORDS_MOST]


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


def lexicon(kind: str = "", act: str | None = None) -> Lexicon:
    """The lexicon of a kind, or of one of its acts; kept as long as the services describe the same."""
    if "described" not in g:
        g.described = services().hash()
    key = (g.described, kind, act)
    if key not in _lexicons:
        if len(_lexicons) >= LEXICONS_KEPT:
            _lexicons.clear()
        _lexicons[key] = _lexicon(kind, act)
    return _lexicons[key]


def _lexicon(kind: str, act: str | None) -> Lexicon:
    if not kind:
        return everywhere(kinds())
    return of_act(kinds(), kind, act, lexicon(kind)) if act else of_kind(kinds(), kind, lexicon())


def act_row(kind: str, act: str) -> Row:
    """What is described of an act, or its bare name where the service does not describe it (approvals)."""
    row = kinds().get(kind, {}).get("acts", {}).get(act)
    return {"act": act, **row} if row else {"act": act, "zh": act, "en": act}


def actor_texts(kind: str) -> dict[str, Row]:
    """What the rulebook of a kind's service calls its actors and parties."""
    try:
        found: dict[str, Row] = services().describe(kind_row(kind)["service"]).get("actors", {})
    except Away:
        return {}
    return found


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
    asked = [(kind_row(root["kind"])["service"], "acts", {"kind": root["kind"], "id": root["id"]}) for root in roots]
    answers = services().call_each(asked, visitor())
    return {question[2]["id"]: list(answer or ()) for question, answer in zip(asked, answers, strict=True)}


def opening_acts(kind: str | None = None) -> list[Row]:
    """The acts by which this person may open roots (of one kind), each with its `kind`; who is away is left out."""
    asked = [kind_row(kind)["service"]] if kind else None
    answers = services().call_all("acts", {"kind": kind} if kind else {}, visitor(), asked)
    return [row for rows in answers.values.values() for row in rows]


def root_choices(schema: Mapping[str, Any], dossier: str | None) -> dict[str, list[Row]]:
    """Field → the roots it may name, for fields of a schema that name other roots: those of this dossier first."""
    found: dict[str, list[Row]] = {}
    for field, row in (schema.get("properties") or {}).items():
        kind = row.get("x-root") or (row.get("items") or {}).get("x-root")
        if kind in kinds():
            found[field] = _roots_of(kind, dossier)
    return found


def _roots_of(kind: str, dossier: str | None) -> list[Row]:
    try:
        items = matters.search(services(), kind, {"size": ROOTS_OFFERED, "open": True}, visitor())["items"]
    except (Away, Refusal):
        return []
    items = sorted(items, key=lambda item: item.get("dossier") != dossier)
    texts = [
        (item, " · ".join(str(part) for part in (item.get("title"), item.get("number")) if part)) for item in items
    ]
    return [{"value": item["id"], "zh": text or item["id"], "en": text or item["id"]} for item, text in texts]


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


def remember(roots: Iterable[Mapping[str, Any]]) -> None:
    """Keep the numbers and titles of roots that this page has read, for the places that only name their ids."""
    known: dict[str, str] = g.setdefault("roots", {})
    known.update({str(root["id"]): str(root.get("number") or root.get("title") or "") for root in roots})


def root_label(identifier: str) -> str:
    """The number or title of a root that this page has read, else the end of its id."""
    known: dict[str, str] = g.get("roots") or {}
    return known.get(identifier) or identifier[-6:]


def part_name(value: Any) -> Row | None:
    """What the kind of part is called that an id names, or None."""
    kind = kind_of(value) if isinstance(value, str) and len(value) > UUID_LENGTH else ""
    if not kind or len(value) != len(kind) + 1 + UUID_LENGTH:
        return None
    return next((row["parts"][kind] for row in kinds().values() if kind in row["parts"]), None)


def act_name(act: str) -> Row | None:
    """What an act of this name is called, of whichever kind, or None."""
    return next((row["acts"][act] for row in kinds().values() if act in row["acts"]), None)


def looks_like_root(value: Any) -> str:
    """The kind of root that a text names, or nothing."""
    kind = kind_of(value) if isinstance(value, str) and "_" in value else ""
    return kind if kind in kinds() and len(value) == len(kind) + 1 + UUID_LENGTH else ""
