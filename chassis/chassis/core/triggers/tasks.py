"""Tasks: slow work (rendering, say) that a service leaves for its worker in the transaction of an act."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import delete, or_, select, update

from chassis.core.acts.command import Command
from chassis.core.acts.perform import Performer
from chassis.core.errors import Refusal
from chassis.core.files import Files
from chassis.core.storage import tables
from chassis.core.storage.database import Database
from chassis.core.storage.roots import load
from chassis.core.trust.tokens import SYSTEM

LEASE_SECONDS = 120
BACK_OFF = (1, 3, 10, 60, 300)


@dataclass(frozen=True, slots=True)
class Job:
    """What the function of a task is given: its data, the file store, the settings, and `root` to read a root as it is."""

    id: str
    name: str
    data: Mapping[str, Any]
    files: Files
    settings: Mapping[str, Any]
    root: Callable[[str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Task:
    """A task this worker holds: its id, its name and its data."""

    id: str
    name: str
    data: Mapping[str, Any]


class Tasks:
    """What the worker sees of the tasks."""

    def __init__(
        self,
        database: Database,
        performer: Performer,
        files: Files,
        now: Callable[[], datetime],
        committed: Callable[[], None],
    ) -> None:
        self._database = database
        self._performer = performer
        self._files = files
        self._now = now
        self._committed = committed
        self._holder = f"worker_{uuid.uuid4()}"

    def take_back(self) -> int:
        """Free what a process held that was killed; returns how many tasks that were.

        For the start of a process on SQLite, where it serves alone. Where there may be others the lease must end first.
        """
        if not self._database.sqlite:
            return 0
        box = tables.tasks
        free = update(box).where(box.c.holder.is_not(None)).values(holder=None, held_until=0)
        with self._database.writing() as connection:
            return connection.execute(free).rowcount

    def claim(self) -> Task | None:
        """Take the next task that is due and that no living worker holds."""
        box, moment = tables.tasks, int(time.time())
        free = or_(box.c.holder.is_(None), box.c.held_until < moment)
        query = select(box).where(box.c.not_before <= moment, free).order_by(box.c.id).limit(1)
        with self._database.reading() as connection:
            if connection.execute(query).one_or_none() is None:
                return None
        with self._database.writing() as connection:
            row = connection.execute(query.with_for_update(skip_locked=True)).mappings().one_or_none()
            if row is None:
                return None
            connection.execute(
                update(box).where(box.c.id == row["id"]).values(holder=self._holder, held_until=moment + LEASE_SECONDS)
            )
        return Task(row["id"], row["name"], row["data"])

    def run(self, task: Task) -> None:
        """Do the task outside any transaction, then perform the act it answers with and forget it, in one transaction.

        A root that has moved on meanwhile refuses the act: the task has lost its ground and is forgotten, which is logged.
        """
        job = Job(task.id, task.name, task.data, self._files, self._performer.settings, self.read_root)
        act = self._performer.definitions.tasks[task.name](job)
        with self._database.writing() as connection:
            if act is not None:
                command = Command(
                    task.id,
                    act["kind"],
                    act["act"],
                    SYSTEM,
                    act.get("data", {}),
                    root=act.get("id"),
                    part=act.get("part"),
                )
                try:
                    self._performer.perform(connection, command, self._now())
                except Refusal as refusal:
                    if refusal.code != "wrong-state":
                        raise
                    structlog.get_logger(__name__).warning(
                        "a task came too late for its root", task=task.name, id=task.id, reason=str(refusal)
                    )
            connection.execute(delete(tables.tasks).where(tables.tasks.c.id == task.id))
        self._committed()

    def read_root(self, root_id: str) -> dict[str, Any]:
        """Return a root as the system sees it."""
        with self._database.reading() as connection:
            root = load(connection, root_id, lock=False).root
        names = ("id", "kind", "state", "number", "title", "body", "dossier")
        return {name: getattr(root, name) for name in names}

    def failed(self, task: Task, reason: str) -> None:
        """Put the task back, to be tried again later."""
        box = tables.tasks
        with self._database.writing() as connection:
            attempts = connection.execute(select(box.c.attempts).where(box.c.id == task.id)).scalar_one()
            pause = BACK_OFF[min(attempts, len(BACK_OFF) - 1)]
            values = {
                "attempts": attempts + 1,
                "reason": reason[:300],
                "holder": None,
                "not_before": int(time.time()) + pause,
            }
            connection.execute(update(box).where(box.c.id == task.id).values(**values))
