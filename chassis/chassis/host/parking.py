"""The parking queue: facts that need a person. Listing leaves them there; replaying puts them back into the events queue."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import amqp
from amqp.exceptions import NotFound

from chassis.broker import CONNECTION_ERRORS, AmqpChannel, ConfirmedPublisher, connect
from chassis.host.retry import ATTEMPT, OUTCOME, PARKED_AT, REASON, copy_of, headers_of, without_broker_headers
from chassis.host.topology import events_queue, parked_queue, requeue_exchange

CONFIRM_SECONDS = 10.0
LIMIT = 10_000
"""Messages that are read at most."""
CRASHED = "delivered too often: the process ended each time, or it could not be moved to the retry queue"


@dataclass(frozen=True)
class Parked:
    """One parked message. `id` is the event's, or the message's where the body cannot be read; `parked_at` is ISO 8601, UTC."""

    id: str
    type: str
    subject: str
    outcome: str
    reason: str
    attempts: int
    parked_at: str
    body: bytes

    def to_dict(self, full: bool = False) -> dict[str, Any]:
        """The fields as JSON values; `full` adds `body`: the event, or `{"base64": …}` where it is no JSON object."""
        row = {
            name: getattr(self, name)
            for name in ("id", "type", "subject", "outcome", "reason", "attempts", "parked_at")
        }
        if full:
            event = _event(self.body)
            row["body"] = event if event is not None else {"base64": base64.b64encode(self.body).decode()}
        return row


def parked_messages(url: str, service: str) -> list[Parked]:
    """Everything parked, oldest first. The messages go back to the queue. Raises OSError."""
    with _channel(url, service) as channel:
        return [_parked(message) for message in _all(channel, service)]


def replay(url: str, service: str, message_id: str, release: Callable[[str], None]) -> list[Parked]:
    """Put the message with this id (or `all`) back into the events queue, with confirms; return what was put back.

    `release(subject)` is called for each. Raises OSError when the broker is away or does not take a message.
    """
    with _channel(url, service) as channel, _channel(url, service) as publishing:
        outcomes: dict[str, str | None] = {}
        publisher = ConfirmedPublisher(publishing, lambda key, fault: outcomes.__setitem__(key, fault))
        replayed = []
        for number, message in enumerate(list(_all(channel, service))):
            parked = _parked(message)
            if message_id not in ("all", parked.id):
                continue
            key = str(number)
            headers = {
                name: value for name, value in without_broker_headers(headers_of(message)).items() if name != ATTEMPT
            }
            publisher.send(copy_of(message, headers, key), requeue_exchange(service), events_queue(service))
            while key not in outcomes:
                publishing.connection.drain_events(timeout=CONFIRM_SECONDS)
            if outcomes[key] is not None:
                raise OSError(f"{parked.id} stays parked: {outcomes[key]}")
            if parked.subject:
                release(parked.subject)
            channel.basic_ack(message.delivery_info["delivery_tag"])
            replayed.append(parked)
        return replayed


@contextmanager
def _channel(url: str, service: str) -> Iterator[AmqpChannel]:
    try:
        connection = connect(url, f"{service}-parked")
    except CONNECTION_ERRORS as fault:
        raise OSError(f"the broker is away: {fault}") from fault
    try:
        yield connection.channel()
    finally:
        connection.close()


def _all(channel: AmqpChannel, service: str) -> Iterator[amqp.Message]:
    """Get every message without acknowledging it: those not acknowledged go back when the connection is closed."""
    for _ in range(LIMIT):
        try:
            message = channel.basic_get(parked_queue(service))
        except NotFound as fault:
            raise OSError(f"there is no queue {parked_queue(service)}") from fault
        if message is None:
            return
        yield message


def _event(body: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(body)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _parked(message: amqp.Message) -> Parked:
    headers, event = headers_of(message), _event(message.body) or {}
    crashed = "delivery_limit" in str(headers.get("x-first-death-reason", ""))
    return Parked(
        id=str(
            event.get("id") or message.properties.get("message_id") or f"tag-{message.delivery_info['delivery_tag']}"
        ),
        type=str(event.get("type") or message.properties.get("type") or ""),
        subject=str(event.get("subject") or ""),
        outcome=str(headers.get(OUTCOME) or ("crashed" if crashed else "")),
        reason=str(headers.get(REASON) or (CRASHED if crashed else "")),
        attempts=int(headers.get(ATTEMPT) or 0),
        parked_at=str(headers.get(PARKED_AT) or ""),
        body=message.body,
    )
