"""The outbox: events committed with the change that they report, until the relay has published them.

On PostgreSQL several relays share the slots: a slot is held by a session's advisory lock, which ends with the session.
"""

import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, text, update

from chassis.core.storage import tables
from chassis.core.storage.database import Database

SLOTS = 8
LOCK_CLASS = 0x5A48
BACK_OFF = (1, 2, 5, 15, 60)


def slot_of(subject: str) -> int:
    """Return the slot of a subject: one subject's facts are always in one slot, in order."""
    return zlib.crc32(subject.encode()) % SLOTS


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A fact to publish."""

    id: int
    subject: str
    sequence: int
    routing_key: str
    message_id: str
    type: str
    body: bytes


class Claim:
    """The rows of the slots this relay holds for the moment."""

    def __init__(self, connection: Connection, slots: Sequence[int] | None) -> None:
        self._connection = connection
        self._slots = slots

    def batch(self, limit: int) -> list[OutboxRow]:
        """Return up to `limit` rows in order, leaving out subjects whose first row is in back-off."""
        box = tables.outbox
        query = select(box).order_by(box.c.id).limit(limit)
        if self._slots is not None:
            query = query.where(box.c.slot.in_(self._slots))
        moment = int(time.time())
        waiting = select(box.c.subject).where(box.c.not_before > moment)
        with self._connection.begin():
            rows = self._connection.execute(query.where(box.c.subject.not_in(waiting))).all()
        return [
            OutboxRow(r.id, r.subject, r.sequence, r.routing_key, r.message_id, r.type, r.body.encode()) for r in rows
        ]

    def done(self, ids: Sequence[int]) -> None:
        """Forget rows that the broker has confirmed."""
        if ids:
            with self._connection.begin():
                for start in range(0, len(ids), 500):
                    self._connection.execute(
                        delete(tables.outbox).where(tables.outbox.c.id.in_(ids[start : start + 500]))
                    )

    def failed(self, id: int, reason: str) -> None:
        """Keep a row that could not be published, count the attempt and back off."""
        box = tables.outbox
        with self._connection.begin():
            attempts = self._connection.execute(select(box.c.attempts).where(box.c.id == id)).scalar_one_or_none()
            if attempts is None:
                return
            pause = BACK_OFF[min(attempts, len(BACK_OFF) - 1)]
            values = {"attempts": attempts + 1, "reason": reason[:300], "not_before": int(time.time()) + pause}
            self._connection.execute(update(box).where(box.c.id == id).values(**values))


@contextmanager
def _without_flush(connection: Connection) -> Iterator[None]:
    """Let SQLite forget published rows without a flush to the disk: a deletion that is lost is published again, which inboxes know."""
    file = connection.connection.dbapi_connection
    assert file is not None
    file.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        file.execute("PRAGMA synchronous=FULL")


class Outbox:
    """What the relay sees of the outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.slots = SLOTS

    @contextmanager
    def claim(self) -> Iterator[Claim | None]:
        """Hold slots with waiting rows while the relay publishes them; None when nothing waits or all are held by others."""
        with self._database.engine.connect() as connection:
            if self._database.sqlite:
                waits = bool(self._waiting_slots(connection))
                with _without_flush(connection):
                    yield Claim(connection.execution_options(immediate=True), None) if waits else None
                return
            held = [slot for slot in self._waiting_slots(connection) if self._lock(connection, slot)]
            try:
                yield Claim(connection, held) if held else None
            finally:
                with connection.begin():
                    for slot in held:
                        connection.execute(
                            text("select pg_advisory_unlock(:class, :slot)"), {"class": LOCK_CLASS, "slot": slot}
                        )

    def _waiting_slots(self, connection: Connection) -> list[int]:
        box = tables.outbox
        with connection.begin():
            slots = (
                connection.execute(select(box.c.slot).where(box.c.not_before <= int(time.time())).distinct())
                .scalars()
                .all()
            )
        return list(slots)

    def _lock(self, connection: Connection, slot: int) -> bool:
        with connection.begin():
            return bool(
                connection.execute(
                    text("select pg_try_advisory_lock(:class, :slot)"), {"class": LOCK_CLASS, "slot": slot}
                ).scalar_one()
            )

    def waiting(self) -> int:
        """Return how many facts wait."""
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(tables.outbox)).scalar_one()
