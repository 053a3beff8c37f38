"""What becomes of a fact that was not taken: the retry queue for another try, or the parking queue. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import amqp

from chassis.broker import PERSISTENT
from chassis.host.topology import parked_queue, retry_queue

FAILED_TRIES = 30
"""Tries of a fact whose handling raised, or whose root is not here yet; a second lies between two."""
REFUSED_TRIES = 15
"""Tries of a fact that the rulebook refuses: what it waits for may be on its way from a third service."""
GAP_TRIES = 30
"""Turns through the retry queue of a fact that waits for an earlier one of its subject; then the inbox keeps it."""
ATTEMPT, OUTCOME, REASON, PARKED_AT = "x-attempt", "x-outcome", "x-reason", "x-parked-at"
GAPS = "x-gaps"
REASON_LENGTH = 500
"""Characters of a reason that a header holds."""
COPIED_PROPERTIES = ("content_type", "content_encoding", "message_id", "type")
BROKER_HEADERS = ("x-death", "x-first-death", "x-last-death", "x-delivery-count")


@dataclass(frozen=True)
class Destination:
    """Where a message that was not taken is published again: the queue, and headers that say how often it was tried and why."""

    queue: str
    headers: dict[str, Any]


def destination_of(service: str, headers: dict[str, Any], outcome: str, reason: str | None) -> Destination | None:
    """Where a message goes by the outcome of its handling; None: it is done with and only acknowledged.

    `headers` are those it came with. A `gap` is retried without counting an attempt; `failed` and `refused` are retried until
    their tries are used up, then parked; any other outcome is parked at once.
    """
    if outcome in ("taken", "repeat", "kept"):
        return None
    kept = without_broker_headers(headers)
    attempt = kept[ATTEMPT] if isinstance(kept.get(ATTEMPT), int) else 0
    marked = {**kept, OUTCOME: outcome, REASON: (reason or "")[:REASON_LENGTH]}
    if outcome == "gap":
        return Destination(retry_queue(service), {**marked, ATTEMPT: attempt, GAPS: gaps_of(headers) + 1})
    tries = {"failed": FAILED_TRIES, "refused": REFUSED_TRIES}.get(outcome, 0)
    attempt += 1
    if attempt < tries:
        return Destination(retry_queue(service), {**marked, ATTEMPT: attempt})
    parked_at = datetime.now(UTC).isoformat(timespec="seconds")
    return Destination(parked_queue(service), {**marked, ATTEMPT: attempt, PARKED_AT: parked_at})


def gaps_of(headers: dict[str, Any]) -> int:
    """How often a fact came before its turn, by its headers."""
    return headers[GAPS] if isinstance(headers.get(GAPS), int) else 0


def headers_of(message: amqp.Message) -> dict[str, Any]:
    """The headers of a delivered message."""
    return dict(message.properties.get("application_headers") or {})


def without_broker_headers(headers: dict[str, Any]) -> dict[str, Any]:
    """The headers without those the broker adds at dead-lettering: by them it would take a new try for a cycle and drop it."""
    return {key: value for key, value in headers.items() if not key.startswith(BROKER_HEADERS)}


def copy_of(message: amqp.Message, headers: dict[str, Any], key: str) -> amqp.Message:
    """The message once more, byte for byte, with these headers; `key` identifies its confirm."""
    properties = {name: message.properties[name] for name in COPIED_PROPERTIES if name in message.properties}
    return amqp.Message(
        message.body, **properties, correlation_id=key, delivery_mode=PERSISTENT, application_headers=headers
    )
