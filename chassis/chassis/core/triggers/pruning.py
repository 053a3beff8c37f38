"""Pruning: rows that only serve repeats are deleted after a time, a batch at a time, under the scheduler's lease.

Of a command its outcome is forgotten, of a subject's inbox row all but the last sequence (`storage/pruned.py` keeps the
rest for good): a repeat is then refused, or skipped where it is an event's, and nothing is done twice. The outbox and the
tasks need no pruning: their rows go when they are published and done.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from chassis.core.dates.times import iso
from chassis.core.storage import leases, pruned, tables
from chassis.core.storage.database import Database
from chassis.core.triggers.scheduler import LEASE, LEASE_SECONDS

BATCH = 500
SWEEP_SECONDS = 6 * 3600
"""From the end of one sweep through both tables to the next."""
LEASE_TAKEN_SECONDS = 60


class Pruning:
    """Sweeps through `commands` and `inbox` in the order of their keys, and forgets what is older than configured."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], keep_commands_days: int, keep_inbox_days: int
    ) -> None:
        self._database = database
        self._now = now
        self._keep_commands = timedelta(days=keep_commands_days)
        self._keep_inbox = timedelta(days=keep_inbox_days)
        self._command = b""
        self._subject = ""
        self._in_inbox = False
        self._not_before = 0.0

    def step(self) -> int:
        """Look through the next batch of rows; returns how many were pruned."""
        if time.monotonic() < self._not_before:
            return 0
        return self._step_in_inbox() if self._in_inbox else self._step_in_commands()

    def _step_in_commands(self) -> int:
        table, limit = tables.commands, int((self._now() - self._keep_commands).timestamp())
        query = select(table.c.key, table.c.at).where(table.c.key > self._command).order_by(table.c.key).limit(BATCH)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        old = [bytes(row.key) for row in rows if row.at < limit]
        if old:
            with self._database.writing() as connection:
                if not self._leads(connection):
                    return 0
                pruned.add(connection, dict.fromkeys(old))
                connection.execute(delete(table).where(table.c.key.in_(old)))
        self._command = bytes(rows[-1].key) if len(rows) == BATCH else b""
        self._in_inbox = len(rows) < BATCH
        return len(old)

    def _step_in_inbox(self) -> int:
        table, limit = tables.inbox, iso(self._now() - self._keep_inbox)
        query = select(table.c.subject, table.c.at).where(table.c.subject > self._subject)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(table.c.subject).limit(BATCH)).all()
        old = [row.subject for row in rows if row.at < limit]
        number = 0
        if old:
            with self._database.writing() as connection:
                if not self._leads(connection):
                    return 0
                number = _prune_subjects(connection, old, limit)
        self._subject = rows[-1].subject if len(rows) == BATCH else ""
        if len(rows) < BATCH:
            self._in_inbox, self._not_before = False, time.monotonic() + SWEEP_SECONDS
        return number

    def _leads(self, connection: Connection) -> bool:
        leads = leases.take(connection, LEASE, LEASE_SECONDS)
        if not leads:
            self._not_before = time.monotonic() + LEASE_TAKEN_SECONDS
        return leads


def _prune_subjects(connection: Connection, subjects: list[str], limit: str) -> int:
    """Prune those of these subjects that are still idle under the lock of their rows, and for which nothing is held or kept."""
    table = tables.inbox
    idle = (table.c.at < limit) & table.c.held.is_(False) & table.c.waiting.is_(False)
    query = select(table.c.subject, table.c.last).where(table.c.subject.in_(subjects), idle)
    rows = connection.execute(query.with_for_update(skip_locked=True)).all()
    if rows:
        pruned.add(connection, {pruned.subject_key(row.subject): row.last for row in rows})
        connection.execute(delete(table).where(table.c.subject.in_([row.subject for row in rows])))
    return len(rows)
