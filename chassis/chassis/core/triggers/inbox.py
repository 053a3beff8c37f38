"""The inbox: events taken once each and in order per subject, in one transaction with what they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.exc import DBAPIError

from chassis.core.acts.command import Command
from chassis.core.acts.perform import Performer
from chassis.core.contracts import facts
from chassis.core.contracts.facts import Event
from chassis.core.dates.times import iso, today
from chassis.core.errors import Refusal
from chassis.core.rulebook.model import ActRule, Rulebook, Trigger
from chassis.core.storage import tables
from chassis.core.trust.tokens import PUBLIC


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message: `taken`, `repeat`, `gap`, `refused`, `failed` or `undecodable`."""

    outcome: str
    event_id: str | None = None
    subject: str | None = None
    reason: str | None = None


def receive(performer: Performer, connection: Connection, messages: Sequence[bytes], now: datetime) -> list[Receipt]:
    """Take messages one after the other, each within a savepoint of the caller's transaction."""
    receipts = []
    for body in messages:
        try:
            event = facts.read(body)
        except facts.Undecodable as fault:
            receipts.append(Receipt("undecodable", reason=str(fault)))
            continue
        receipts.append(_take(performer, connection, event, now))
    return receipts


def _take(performer: Performer, connection: Connection, event: Event, now: datetime) -> Receipt:
    query = select(tables.inbox).where(tables.inbox.c.subject == event.subject).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    last = row["last"] if row else 0
    if event.sequence <= last:
        return Receipt("repeat", event.id, event.subject)
    if event.sequence > last + 1:
        return Receipt("gap", event.id, event.subject, f"sequence {event.sequence} after {last}")
    savepoint = connection.begin_nested()
    try:
        for book, rule, trigger in performer.registry.triggers(event.type):
            if trigger.matches(event.data):
                _perform(performer, connection, event, book, rule, trigger, now)
        _remember(connection, row, event, now)
        savepoint.commit()
    except Refusal as refusal:
        savepoint.rollback()
        return Receipt("failed" if refusal.code == "not-found" else "refused", event.id, event.subject, str(refusal))
    except DBAPIError as fault:
        if fault.connection_invalidated:
            raise
        savepoint.rollback()
        return Receipt("failed", event.id, event.subject, f"{type(fault).__name__}: {fault.orig}")
    except Exception as fault:
        savepoint.rollback()
        structlog.get_logger(__name__).exception("an event's act failed", event_id=event.id, type=event.type)
        return Receipt("failed", event.id, event.subject, f"{type(fault).__name__}: {fault}")
    return Receipt("taken", event.id, event.subject)


def _remember(connection: Connection, row: RowMapping | None, event: Event, now: datetime) -> None:
    values = {"last": event.sequence, "event_id": event.id, "held": False, "at": iso(now)}
    if row is None:
        connection.execute(insert(tables.inbox), {"subject": event.subject, **values})
    else:
        connection.execute(update(tables.inbox).where(tables.inbox.c.subject == event.subject).values(**values))


def _perform(
    performer: Performer,
    connection: Connection,
    event: Event,
    book: Rulebook,
    rule: ActRule,
    trigger: Trigger,
    now: datetime,
) -> None:
    """Perform one act by an event, where it is for a root of this rulebook, or for one that opens under it."""
    root: str | None = None
    if trigger.find:
        root = performer.definitions.finders[trigger.find](connection, event.data)
        if root is None:
            return
    elif not rule.new:
        root = event.data.get(str(trigger.root))
    if not _is_under(performer, connection, book, root, now):
        return
    command = Command(
        id=f"{event.id}:{rule.kind}.{rule.name}",
        kind=rule.kind,
        act=rule.name,
        actor=PUBLIC,
        data=event.data,
        root=root,
        part=event.data.get("part") if rule.on else None,
        event={"id": event.id, "type": event.type, "subject": event.subject},
        dossier=event.dossier,
        new_id=event.data.get(trigger.id) if trigger.id else None,
        trace=event.traceparent,
    )
    performer.perform(connection, command, now)


def _is_under(performer: Performer, connection: Connection, book: Rulebook, root: Any, now: datetime) -> bool:
    """Tell whether a root lives under this rulebook (None: whether one opens under it); one that is not here is judged by the newest."""
    registry = performer.registry
    if len(registry.books) == 1:
        return True
    if root is None:
        return registry.in_force(today(now)) is book
    query = select(tables.roots.c.regime).where(tables.roots.c.id == str(root))
    regime = connection.execute(query).scalar_one_or_none() or registry.newest.name
    return bool(regime == book.name)


def hold(connection: Connection, subject: str, now: datetime, *, held: bool) -> None:
    """Mark a subject as held back by a parked event, or free it."""
    change = connection.execute(update(tables.inbox).where(tables.inbox.c.subject == subject).values(held=held))
    if held and not change.rowcount:
        row = {"subject": subject, "last": 0, "event_id": "", "held": True, "at": iso(now)}
        connection.execute(insert(tables.inbox), row)


def baseline(connection: Connection, subject: str, sequence: int, now: datetime) -> None:
    """Accept a subject from after this sequence: for a service that begins to listen when events were published already."""
    connection.execute(tables.inbox.delete().where(tables.inbox.c.subject == subject))
    row = {"subject": subject, "last": sequence, "event_id": "", "held": False, "at": iso(now)}
    connection.execute(insert(tables.inbox), row)
