"""Events that are kept because an earlier one of their subject is missing or parked: stored in order until their turn comes.

A row says by `not_before` (machine time) that its turn has come; while it is empty, the row waits for the one before it.
`inbox.waiting` says that a subject has rows here, so that an ordinary event costs no look-up.
"""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, exists, func, select, update

from chassis.core.contracts.facts import Event
from chassis.core.storage import tables
from chassis.core.storage.series import insert_into

BACK_OFF = (1, 2, 5, 15, 60, 300, 1800)
"""Seconds between two tries of a kept event that is not taken; the last one again and again."""
SUBJECTS = 20


def keep(connection: Connection, event: Event, body: bytes, taken: int, at: str) -> bool:
    """Keep an event of a subject that was taken up to `taken` where it has no inbox row; False where its turn has come meanwhile."""
    inbox = tables.inbox
    row = {"subject": event.subject, "last": taken, "event_id": "", "held": False, "waiting": False, "at": at}
    connection.execute(insert_into(connection, inbox).values(**row).on_conflict_do_nothing())
    last = connection.execute(select(inbox.c.last).where(inbox.c.subject == event.subject).with_for_update())
    if event.sequence <= last.scalar_one() + 1:
        return False
    kept = {"subject": event.subject, "sequence": event.sequence, "body": body, "at": at}
    connection.execute(insert_into(connection, tables.waiting_events).values(**kept).on_conflict_do_nothing())
    connection.execute(update(inbox).where(inbox.c.subject == event.subject).values(waiting=True))
    return True


def follow(connection: Connection, subject: str, last: int) -> None:
    """Forget what is kept of a subject up to `last`, and say of the event after it, where it is kept, that its turn has come."""
    table = tables.waiting_events
    of_subject = table.c.subject == subject
    connection.execute(delete(table).where(of_subject, table.c.sequence <= last))
    connection.execute(update(table).where(of_subject, table.c.not_before.is_not(None)).values(not_before=None))
    following = update(table).where(of_subject, table.c.sequence == last + 1)
    connection.execute(following.values(not_before=0, attempts=0))
    left = exists().where(of_subject)
    inbox = tables.inbox
    connection.execute(update(inbox).where(inbox.c.subject == subject, ~left).values(waiting=False))


def due(connection: Connection) -> bool:
    """Tell whether the turn of any kept event has come."""
    table = tables.waiting_events
    query = select(table.c.subject).where(table.c.not_before <= int(time.time())).limit(1)
    return connection.execute(query).one_or_none() is not None


def claim(connection: Connection) -> list[tuple[str, bool]]:
    """Count a try of each event whose turn has come, of some subjects; returns (subject, whether it is the first try).

    The try is counted before it is made: what ends the process is tried again later and later, and alone.
    """
    table, moment = tables.waiting_events, int(time.time())
    query = select(table.c.subject, table.c.sequence, table.c.attempts).where(table.c.not_before <= moment)
    query = query.order_by(table.c.not_before).limit(SUBJECTS).with_for_update(skip_locked=True)
    rows = connection.execute(query).all()
    for row in rows:
        _tried(connection, row.subject, row.sequence, row.attempts)
    return [(row.subject, row.attempts == 0) for row in rows]


def in_order(connection: Connection, subject: str, last: int, limit: int) -> Sequence[RowMapping]:
    """Return up to `limit` kept events of a subject that follow `last` without a gap."""
    table = tables.waiting_events
    query = select(table).where(table.c.subject == subject, table.c.sequence > last).order_by(table.c.sequence)
    rows = connection.execute(query.limit(limit)).mappings().all()
    return [row for expected, row in enumerate(rows, last + 1) if row["sequence"] == expected]


def not_taken(connection: Connection, row: RowMapping, reason: str) -> None:
    """Write why a kept event was not taken; it is tried again later."""
    _tried(connection, row["subject"], row["sequence"], max(row["attempts"] - 1, 0), reason)


def _tried(connection: Connection, subject: str, sequence: int, attempts: int, reason: str | None = None) -> None:
    table = tables.waiting_events
    pause = BACK_OFF[min(attempts, len(BACK_OFF) - 1)]
    values: dict[str, Any] = {"attempts": attempts + 1, "not_before": int(time.time()) + pause}
    if reason is not None:
        values["reason"] = reason[:300]
    connection.execute(update(table).where(table.c.subject == subject, table.c.sequence == sequence).values(**values))


def listed(connection: Connection) -> list[dict[str, Any]]:
    """Return each subject with kept events: the last sequence taken, the first kept, how many, since when; and why the first is not taken."""
    table, inbox = tables.waiting_events, tables.inbox
    first = func.min(table.c.sequence).label("first")
    counts = (
        select(table.c.subject, first, func.count().label("kept"), func.min(table.c.at).label("since"))
        .group_by(table.c.subject)
        .subquery()
    )
    query = (
        select(counts.c.subject, inbox.c.last, inbox.c.held, counts.c.first, counts.c.kept, counts.c.since)
        .add_columns(table.c.attempts, table.c.reason)
        .join(inbox, inbox.c.subject == counts.c.subject)
        .join(table, (table.c.subject == counts.c.subject) & (table.c.sequence == counts.c.first))
        .order_by(counts.c.since, counts.c.subject)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
