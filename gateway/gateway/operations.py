"""The operations on roots that the API and the pages share: search, read, list the open acts, perform an act, read the journal.

`actor` is a `gateway.identity.Acting` or None for the public. Everything raises `Refusal`, `Away` or `UnknownOutcome`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from chassis.core.errors import Refusal
from chassis.core.ids import kind_of
from gateway.identity import Acting
from gateway.services import Services

COMMANDS = uuid.UUID("5b5b2f06-0a52-5b0d-9c0e-6d1f4f4f8a11")  # the name space of command ids
IDENTIFIER = re.compile(r"[a-z][a-z_]*_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def command_id(key: str, actor: Acting | None) -> str:
    """The command id of an idempotency key: the same key of two people gives two command ids."""
    who = f"{actor.person}/{actor.organisation}" if actor else "public"
    return str(uuid.uuid5(COMMANDS, f"{who}/{key}"))


def checked_id(kind: str, identifier: str) -> str:
    """The id, when it is one of this kind; else Refusal not-found."""
    if not IDENTIFIER.fullmatch(identifier) or kind_of(identifier) != kind:
        raise Refusal("not-found", kind=kind, id=identifier)
    return identifier


def search(services: Services, kind: str, query: Mapping[str, Any], actor: Acting | None) -> dict[str, Any]:
    """A page of the roots of one kind: `query` may hold state, dossier, text, open, after, size; `{items, next, total, more}`."""
    result: dict[str, Any] = services.call(services.service_of(kind), "search", {"kind": kind, **query}, actor)
    return result


def root(services: Services, kind: str, identifier: str, actor: Acting | None, reveal: bool = False) -> dict[str, Any]:
    """One root as this actor may see it; `reveal` opens the marked fields this actor may see, which the service records."""
    request: dict[str, Any] = {"id": checked_id(kind, identifier)}
    if reveal:
        request["reveal"] = True
    view: dict[str, Any] = services.call(services.service_of(kind), "get", request, actor)
    return view


def acts(
    services: Services, kind: str, identifier: str | None, actor: Acting | None, act: str | None = None
) -> list[dict[str, Any]]:
    """What this actor may do now on a root; with no id, the acts that open a root of this kind.

    With `act` only that one, and with its choices of the moment, which are not asked for otherwise.
    """
    service = services.service_of(kind)
    request = {"kind": kind, "id": checked_id(kind, identifier) if identifier else None}
    if act is not None:
        request["act"] = act
    rows: list[dict[str, Any]] = services.call(service, "acts", request, actor)
    return rows


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
    service = services.service_of_act(kind, act) if identifier else services.act(kind, act)["service"]
    request = {
        "command": command_id(key, actor),
        "kind": kind,
        "id": checked_id(kind, identifier) if identifier else None,
        "act": act,
        "part": part,
        "expects": expects,
        "data": dict(data),
        "trace": trace,
    }
    answer: dict[str, Any] = services.call(service, "perform", request, actor)
    return answer


def journal(
    services: Services, kind: str, identifier: str, query: Mapping[str, Any], actor: Acting | None
) -> dict[str, Any]:
    """A page of the journal of one root, as far as this actor may see it: `{items, next, away}`.

    `query` may hold after, size, newest, and seq (only that entry). `away` is empty: the one service that is asked
    answers, or the answer is its refusal.
    """
    request = {"id": checked_id(kind, identifier), **query}
    answer: dict[str, Any] = services.call(services.service_of(kind), "journal", request, actor)
    return {**answer, "away": []}
