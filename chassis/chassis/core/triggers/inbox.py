"""The inbox: events taken once each and in order per subject, in one transaction with what they do.

An event whose predecessor is missing for long, or parked, is kept (`waiting`) and taken when its turn comes.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError

from chassis.core.acts.command import Command, OutcomePruned
from chassis.core.acts.perform import Performer
from chassis.core.contracts import facts
from chassis.core.contracts.facts import Event
from chassis.core.dates.times import iso, today
from chassis.core.errors import Refusal
from chassis.core.rulebook.model import ActRule, Rulebook, Trigger
from chassis.core.storage import pruned, tables
from chassis.core.storage.database import Database
from chassis.core.triggers import waiting
from chassis.core.trust.tokens import PUBLIC


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message: `taken`, `repeat`, `kept`, `gap`, `refused`, `failed` or `undecodable`.

    `kept`: it is stored until its turn comes. `gap`: it is out of turn and not stored. `followed`: kept events follow the one taken.
    """

    outcome: str
    event_id: str | None = None
    subject: str | None = None
    reason: str | None = None
    followed: bool = False


TOGETHER = 50
"""Kept events of one subject that one transaction takes."""
TRANSACTIONS = 20
"""Transactions by which one pass takes kept events of a subject; what is left is for the next round."""
NEW_ROW = insert(tables.inbox)
CHANGED_ROW = (
    update(tables.inbox)
    .where(tables.inbox.c.subject == bindparam("of_subject"))
    .values({name: bindparam(name) for name in ("last", "event_id", "held", "at")})
)
ROW = select(tables.inbox).where(tables.inbox.c.subject == bindparam("subject")).with_for_update()


def receive(
    performer: Performer, connection: Connection, messages: Sequence[bytes], now: datetime, *, keep: bool = False
) -> list[Receipt]:
    """Take messages one after the other, each within a savepoint of the caller's transaction.

    What is out of turn is kept where its subject is held or has kept events already; with `keep` in any case.
    """
    read = [_read(body) for body in messages]
    places = _PrunedPlaces(connection, [event.subject for event in read if isinstance(event, Event)])
    return [
        _receive(performer, connection, event, body, places, now, keep=keep) if isinstance(event, Event) else event
        for event, body in zip(read, messages, strict=True)
    ]


def _read(body: bytes) -> Event | Receipt:
    try:
        return facts.read(body)
    except facts.Undecodable as fault:
        return Receipt("undecodable", reason=str(fault))


class _PrunedPlaces:
    """Up to where subjects were taken whose inbox rows were pruned: read once for a batch, and only where a row is missing."""

    def __init__(self, connection: Connection, subjects: Sequence[str]) -> None:
        self._connection = connection
        self._subjects = subjects
        self._lasts: dict[str, int] | None = None

    def last(self, subject: str) -> int:
        """Return the last sequence taken of a subject without an inbox row; 0 of one that was never taken."""
        if self._lasts is None:
            self._lasts = pruned.last_taken(self._connection, self._subjects)
        return self._lasts.get(subject, 0)


def _receive(
    performer: Performer,
    connection: Connection,
    event: Event,
    body: bytes,
    places: _PrunedPlaces,
    now: datetime,
    *,
    keep: bool,
) -> Receipt:
    row = connection.execute(ROW, {"subject": event.subject}).mappings().one_or_none()
    last = row["last"] if row else places.last(event.subject)
    if event.sequence <= last:
        return Receipt("repeat", event.id, event.subject)
    if event.sequence > last + 1:
        kept = keep or (row is not None and (row["held"] or row["waiting"]))
        if kept and waiting.keep(connection, event, body, last, iso(now)):
            return Receipt("kept", event.id, event.subject, f"sequence {event.sequence} after {last}")
        return Receipt("gap", event.id, event.subject, f"sequence {event.sequence} after {last}")
    receipt = _take(performer, connection, event, row, now)
    if receipt.outcome == "taken" and row and row["waiting"]:
        waiting.follow(connection, event.subject, event.sequence)
        return replace(receipt, followed=True)
    return receipt


def _take(performer: Performer, connection: Connection, event: Event, row: RowMapping | None, now: datetime) -> Receipt:
    """Do what an event does whose turn it is, and remember it, within a savepoint."""
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


def take_kept(performer: Performer, database: Database, now: datetime) -> int:
    """Take kept events whose turn has come, in order, a bounded number in a transaction; returns how many were taken."""
    taken = 0
    for _ in range(TRANSACTIONS):
        with database.reading() as connection:
            if not waiting.due(connection):
                break
        with database.writing() as connection:
            claimed = waiting.claim(connection)
        for subject, first_try in claimed:
            with database.writing() as connection:
                taken += _take_in_order(performer, connection, subject, now, TOGETHER if first_try else 1)
    return taken


def _take_in_order(performer: Performer, connection: Connection, subject: str, now: datetime, limit: int) -> int:
    """Take up to `limit` kept events of a subject, until one is not taken."""
    row = connection.execute(ROW, {"subject": subject}).mappings().one_or_none()
    if row is None:
        return 0
    last, stopped = row["last"], None
    for kept in waiting.in_order(connection, subject, last, limit):
        receipt = _take(performer, connection, facts.read(kept["body"]), row, now)
        if receipt.outcome != "taken":
            stopped = (kept, f"{receipt.outcome}: {receipt.reason}")
            break
        last = kept["sequence"]
    taken = last - row["last"]
    if taken:
        waiting.follow(connection, subject, last)
    if stopped:
        waiting.not_taken(connection, *stopped)
        structlog.get_logger(__name__).error("a kept event was not taken", subject=subject, reason=stopped[1])
    return int(taken)


def _remember(connection: Connection, row: RowMapping | None, event: Event, now: datetime) -> None:
    values = {"last": event.sequence, "event_id": event.id, "held": False, "at": iso(now)}
    if row is None:
        connection.execute(NEW_ROW, {"subject": event.subject, **values})
    else:
        connection.execute(CHANGED_ROW, {"of_subject": event.subject, **values})


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
    with contextlib.suppress(OutcomePruned):  # performed long ago: a repeat
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


def hold(connection: Connection, subject: str, now: datetime) -> None:
    """Mark a subject as held back by a parked event: its later events are kept."""
    change = connection.execute(update(tables.inbox).where(tables.inbox.c.subject == subject).values(held=True))
    if not change.rowcount:
        last = pruned.last_taken(connection, [subject]).get(subject, 0)
        row = {"subject": subject, "last": last, "event_id": "", "held": True, "at": iso(now)}
        connection.execute(insert(tables.inbox), row)


def release(connection: Connection, subject: str) -> None:
    """Free a subject, and let the next event be tried at once where it is kept."""
    row = connection.execute(ROW, {"subject": subject}).mappings().one_or_none()
    if row is not None:
        connection.execute(update(tables.inbox).where(tables.inbox.c.subject == subject).values(held=False))
        waiting.follow(connection, subject, row["last"])


def baseline(connection: Connection, subject: str, sequence: int, now: datetime) -> None:
    """Accept a subject from after this sequence: for a service that begins to listen when events were published already."""
    connection.execute(tables.inbox.delete().where(tables.inbox.c.subject == subject))
    row = {"subject": subject, "last": sequence, "event_id": "", "held": False, "waiting": True, "at": iso(now)}
    connection.execute(insert(tables.inbox), row)
    waiting.follow(connection, subject, sequence)
