"""What becomes of a fact that is not taken now: another try in a while, or the parking queue. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import amqp

from chassis.host.topology import parked_queue, retry_queue
from chassis.line import PERSISTENT

FAILED_TRIES = 30
"""Tries of a fact whose handling raised, or whose root is not here yet; a second lies between two."""
REFUSED_TRIES = 15
"""Tries of a fact that the rulebook refuses: what it waits for may be on its way from a third service."""
GAP_TRIES = 30
"""Turns through the retry queue of a fact that waits for an earlier one of its subject; then the inbox keeps it."""
ATTEMPT, OUTCOME, REASON, PARKED_AT = "x-attempt", "x-outcome", "x-reason", "x-parked-at"
GAPS = "x-gaps"
KEPT = ("content_type", "content_encoding", "message_id", "type")
BROKERS_OWN = ("x-death", "x-first-death", "x-last-death", "x-delivery-count")


@dataclass(frozen=True)
class Aside:
    """Where a message goes when it is not taken: the queue, and the headers that tell why."""

    queue: str
    headers: dict[str, Any]


def verdict(service: str, headers: dict[str, Any], outcome: str, reason: str | None) -> Aside | None:
    """What becomes of a message: None acknowledges it. `headers` are those it came with."""
    if outcome in ("taken", "repeat", "kept"):
        return None
    kept = without_brokers_own(headers)
    attempt = kept[ATTEMPT] if isinstance(kept.get(ATTEMPT), int) else 0
    told = {**kept, OUTCOME: outcome, REASON: (reason or "")[:500]}
    if outcome == "gap":
        return Aside(retry_queue(service), {**told, ATTEMPT: attempt, GAPS: gaps(headers) + 1})
    tries = {"failed": FAILED_TRIES, "refused": REFUSED_TRIES}.get(outcome, 0)
    attempt += 1
    if attempt < tries:
        return Aside(retry_queue(service), {**told, ATTEMPT: attempt})
    parked_at = datetime.now(UTC).isoformat(timespec="seconds")
    return Aside(parked_queue(service), {**told, ATTEMPT: attempt, PARKED_AT: parked_at})


def gaps(headers: dict[str, Any]) -> int:
    """How often a fact came before its turn, by its headers."""
    return headers[GAPS] if isinstance(headers.get(GAPS), int) else 0


def headers_of(message: Any) -> dict[str, Any]:
    """The headers of a delivered message."""
    return dict(message.properties.get("application_headers") or {})


def without_brokers_own(headers: dict[str, Any]) -> dict[str, Any]:
    """The headers without the broker's notes of dead letters: with them it drops what seems to go in a circle."""
    return {key: value for key, value in headers.items() if not key.startswith(BROKERS_OWN)}


def copy_of(message: Any, headers: dict[str, Any], key: str) -> amqp.Message:
    """The message once more, byte for byte, with these headers; `key` tells its confirm."""
    kept = {name: message.properties[name] for name in KEPT if name in message.properties}
    return amqp.Message(message.body, **kept, correlation_id=key, delivery_mode=PERSISTENT, application_headers=headers)
