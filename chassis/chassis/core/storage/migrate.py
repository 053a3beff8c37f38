"""Migrations of a database: each revision in a transaction of its own, in an order that lets the earlier release work beside the first of them.

A revision module says what it is (docs/decisions/19-migrations.md): `stage` is `expand` (it only adds), `migrate` (it only moves
rows, in batches) or `contract` (it only removes); `stop = True` means that no process of the service may run meanwhile.
A revision that does not say is taken for the most careful: `contract`, to be applied with the processes stopped.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection

from chassis.core.errors import ConfigurationFault
from chassis.core.storage.database import Database
from chassis.core.storage.outbox import LOCK_CLASS

EXPAND, MIGRATE, CONTRACT = STAGES = ("expand", "migrate", "contract")
LOCK = 1 << 16
"""The advisory lock of PostgreSQL that a run holds, in the class of those of the outbox's slots."""
LOCK_SECONDS = 5
"""How long a change of a table waits for transactions that use it, while everybody behind it waits too."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A step from one schema to the next; `needs` are the revisions that come before it.

    `move` is given by a `migrate` revision: it moves a batch of rows in the transaction of its connection and returns how
    many (0: all are moved). It starts from what is stored, so that a run that was broken off goes on.
    """

    id: str
    title: str
    stage: str
    stop: bool
    needs: frozenset[str]
    move: Callable[[Connection], int] | None

    def __str__(self) -> str:
        return f"{self.id} ({self.stage}{', with the service stopped' if self.stop else ''}): {self.title}"

    def runs_until(self, stage: str) -> bool:
        """Tell whether it belongs to the run that goes as far as this stage; what needs a stop belongs to the whole run alone."""
        if stage == CONTRACT:
            return True
        return not self.stop and STAGES.index(self.stage) <= STAGES.index(stage)


def _revision(script: Script) -> Revision:
    module: Any = script.module
    return Revision(
        id=script.revision,
        title=next(iter((script.doc or "").strip().splitlines()), ""),
        stage=getattr(module, "stage", CONTRACT),
        stop=getattr(module, "stop", not hasattr(module, "stage")),
        needs=_ids(script.down_revision) | _ids(script.dependencies),
        move=getattr(module, "move", None),
    )


def _ids(value: str | Collection[str] | None) -> frozenset[str]:
    """Return what a revision module names as one id, as several, or not at all."""
    return frozenset([value] if isinstance(value, str) else value or ())


class Migrations:
    """The revisions of one database: those in the folders `versions`, run by the `env.py` of the folder `environment`."""

    def __init__(self, environment: Path, *versions: Path) -> None:
        self._alembic = AlembicConfig()
        self._alembic.set_main_option("script_location", str(environment))
        self._alembic.set_main_option("version_locations", ";".join(str(folder) for folder in versions))
        self._alembic.set_main_option("path_separator", ";")

    @cached_property
    def revisions(self) -> list[Revision]:
        """Every revision, each after those that it needs."""
        scripts = ScriptDirectory.from_config(self._alembic)
        remaining = sorted((_revision(script) for script in scripts.walk_revisions()), key=lambda each: each.id)
        ordered: list[Revision] = []
        while remaining:
            known = {revision.id for revision in ordered}
            ready = [revision for revision in remaining if revision.needs <= known]
            ordered += ready
            remaining = [revision for revision in remaining if revision not in ready]
        return ordered

    def pending(self, connection: Connection, stage: str = CONTRACT, target: str = "heads") -> list[Revision]:
        """Return what a run that goes as far as `stage` and the revision `target` would apply to this database, in order."""
        present = self._with_needs(MigrationContext.configure(connection).get_current_heads())
        goal = self._with_needs([revision.id for revision in self.revisions] if target == "heads" else [target])
        chosen: list[Revision] = []
        for revision in self.revisions:
            applicable = revision.id not in present and revision.id in goal and revision.runs_until(stage)
            if applicable and revision.needs <= present | {each.id for each in chosen}:
                chosen.append(revision)
        return chosen

    def plan(self, database: Database, stage: str = CONTRACT) -> list[Revision]:
        """Return what `apply` would apply. On a database without tables nothing needs a stop: no process works on it."""
        with database.reading() as connection:
            pending = self.pending(connection, stage)
            new = not MigrationContext.configure(connection).get_current_heads()
        return [replace(revision, stop=False) for revision in pending] if new else pending

    def apply(self, database: Database, stage: str = CONTRACT, target: str = "heads") -> Iterator[Revision]:
        """Apply what is pending, yielding each revision once it is committed; a run that was broken off goes on where it stopped.

        Several runs at once wait for each other.
        """
        while True:
            with _changing(database) as connection:
                pending = self.pending(connection, stage, target)
                if not pending:
                    return
                revision = pending[0]
                if revision.move is not None and revision.move(connection):
                    continue
                command.upgrade(self._on(connection), revision.id)
            yield revision

    def downgrade(self, database: Database, revision: str) -> None:
        """Take a database back to an earlier revision of one branch."""
        with _changing(database) as connection:
            command.downgrade(self._on(connection), revision)

    def _on(self, connection: Connection) -> AlembicConfig:
        self._alembic.attributes["connection"] = connection
        return self._alembic

    def _with_needs(self, ids: Collection[str]) -> set[str]:
        """Return these revisions with all that they need, near and far."""
        needs = {revision.id: revision.needs for revision in self.revisions}
        unknown = sorted(set(ids) - set(needs))
        if unknown:
            raise ConfigurationFault([f"the database is at {', '.join(unknown)}, which this release does not know"])
        reached, waiting = set[str](), list(ids)
        while waiting:
            revision = waiting.pop()
            if revision not in reached:
                reached.add(revision)
                waiting += needs[revision]
        return reached


@contextmanager
def _changing(database: Database) -> Iterator[Connection]:
    """Open a transaction that may change the schema, alone among such transactions.

    PostgreSQL: no limit for a long statement, but a short one for waiting for a lock. SQLite changes some tables by copying and
    replacing them, which must not count as deleting the rows that others refer to: references are checked at the end instead.
    """
    with database.engine.connect() as connection:
        connection = connection.execution_options(immediate=True)
        if database.sqlite:
            _set_foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                if not database.sqlite:
                    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK_CLASS}, {LOCK})")
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
                yield connection
                if database.sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                    raise ConfigurationFault([f"{row[0]} #{row[1]} refers to no row of {row[2]}" for row in broken])
        finally:
            if database.sqlite:
                _set_foreign_keys(connection, "ON")


def _set_foreign_keys(connection: Connection, value: str) -> None:
    """Check references while rows change, or not; only outside a transaction."""
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.execute(f"PRAGMA foreign_keys={value}")


def of_service(package: str) -> Migrations:
    """Return the migrations of the service in `package`: the chassis's branch and its own."""
    chassis = Path(str(resources.files("chassis"))) / "core" / "storage" / "migrations"
    own = Path(str(resources.files(package))) / "storage" / "migrations" / "versions"
    return Migrations(chassis, chassis / "versions", *([own] if own.is_dir() else []))


def opened(database_url: str) -> Database:
    """Open a database that may not be there yet: the folder of an SQLite file is made."""
    database = Database(database_url)
    if database.sqlite and database.url.database:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    return database


def upgrade(package: str, database_url: str, revision: str = "heads") -> None:
    """Bring the database of the service in `package` to a revision, by default the newest of both branches; data is kept."""
    with closing(opened(database_url)) as database:
        for _ in of_service(package).apply(database, target=revision):
            pass


def downgrade(package: str, database_url: str, revision: str) -> None:
    """Take the database back to an earlier revision of one branch."""
    with closing(opened(database_url)) as database:
        of_service(package).downgrade(database, revision)
