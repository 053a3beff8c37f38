"""The inbox: events taken once each and in order per subject, in one transaction with what they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.exc import DBAPIError

from chassis.core import facts, tables
from chassis.core.command import Command
from chassis.core.errors import Refusal
from chassis.core.facts import Event
from chassis.core.rulebook import ActRule, Trigger
from chassis.core.times import iso
from chassis.core.tokens import PUBLIC

if TYPE_CHECKING:
    from chassis.core.application import Office


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message: `taken`, `repeat`, `gap`, `refused`, `failed` or `undecodable`."""

    outcome: str
    event_id: str | None = None
    subject: str | None = None
    reason: str | None = None


def receive(office: "Office", connection: Connection, messages: Sequence[bytes], now: datetime) -> list[Receipt]:
    """Take messages one after the other, each within a savepoint of the caller's transaction."""
    receipts = []
    for body in messages:
        try:
            event = facts.read(body)
        except facts.Undecodable as fault:
            receipts.append(Receipt("undecodable", reason=str(fault)))
            continue
        receipts.append(_take(office, connection, event, now))
    return receipts


def _take(office: "Office", connection: Connection, event: Event, now: datetime) -> Receipt:
    box = tables.inbox
    row = (
        connection.execute(select(box).where(box.c.subject == event.subject).with_for_update()).mappings().one_or_none()
    )
    last = row["last"] if row else 0
    if event.sequence <= last:
        return Receipt("repeat", event.id, event.subject)
    if event.sequence > last + 1:
        return Receipt("gap", event.id, event.subject, f"sequence {event.sequence} after {last}")
    savepoint = connection.begin_nested()
    try:
        for rule, trigger in office.rulebook.triggers.get(event.type, ()):
            if trigger.matches(event.data):
                _move(office, connection, event, rule, trigger, now)
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
        office.log.exception("an event's act failed", event_id=event.id, type=event.type)
        return Receipt("failed", event.id, event.subject, f"{type(fault).__name__}: {fault}")
    return Receipt("taken", event.id, event.subject)


def _remember(connection: Connection, row: RowMapping | None, event: Event, now: datetime) -> None:
    values = {"last": event.sequence, "event_id": event.id, "held": False, "at": iso(now)}
    if row is None:
        connection.execute(insert(tables.inbox), {"subject": event.subject, **values})
    else:
        connection.execute(update(tables.inbox).where(tables.inbox.c.subject == event.subject).values(**values))


def _move(
    office: "Office", connection: Connection, event: Event, rule: ActRule, trigger: Trigger, now: datetime
) -> None:
    root: str | None = None
    if trigger.find:
        root = office.application.finders[trigger.find](connection, event.data)
        if root is None:
            return
    elif not rule.new:
        root = event.data.get(str(trigger.root))
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
    office.work.perform(connection, command, now)


def hold(connection: Connection, subject: str, now: datetime, *, held: bool) -> None:
    """Mark a subject as held back by a parked event, or free it."""
    found = connection.execute(update(tables.inbox).where(tables.inbox.c.subject == subject).values(held=held))
    if held and not found.rowcount:
        connection.execute(
            insert(tables.inbox), {"subject": subject, "last": 0, "event_id": "", "held": True, "at": iso(now)}
        )


def baseline(connection: Connection, subject: str, sequence: int, now: datetime) -> None:
    """Accept a subject from after this sequence: for a service that begins to listen when facts have been told already."""
    connection.execute(tables.inbox.delete().where(tables.inbox.c.subject == subject))
    connection.execute(
        insert(tables.inbox), {"subject": subject, "last": sequence, "event_id": "", "held": False, "at": iso(now)}
    )
