"""Rebuilding what is derived from the roots (duties, readers, words) after a change of rulebook or settings, or an upgrade.

Done in batches of one transaction each, beside acts that go on; it is resumed where it was broken off.
"""

from sqlalchemy import Connection, bindparam, select, update

from chassis.core.acts import projections
from chassis.core.acts.perform import Performer
from chassis.core.canonical import digest
from chassis.core.storage import leases, roots, tables
from chassis.core.storage.database import Database
from chassis.core.storage.series import insert_into

BATCH = 100
LEASE_SECONDS = 15
NAME = "roots"
"""The row that says how far the rows of all roots were written."""
UPDATE_DIGESTS = update(tables.roots).where(tables.roots.c.id == bindparam("root")).values(derived=bindparam("digests"))


class Rebuild:
    """Rewrites the derived rows of every root, unless they were last written under the same rulebooks and settings."""

    def __init__(self, database: Database, performer: Performer) -> None:
        self._database = database
        self._performer = performer
        hashes = [book.hash for book in performer.registry.books.values()]
        self.stamp = digest({"form": projections.FORM, "rulebooks": hashes, "settings": _plain(performer.settings)})
        self._known_done = False

    def done(self) -> bool:
        """Tell whether the rows were written under the present rulebooks and settings."""
        if not self._known_done:
            with self._database.reading() as connection:
                self._known_done = self._cursor(connection) is None
        return self._known_done

    def restart(self) -> None:
        """Forget how far the rows were written."""
        with self._database.writing() as connection:
            self._keep(connection, "", done=False)
        self._known_done = False

    def step(self) -> int:
        """Rewrite the rows of the next roots; returns of how many (0: all is done, or another process does it)."""
        if self.done():
            return 0
        with self._database.writing() as connection:
            cursor = self._cursor(connection)
            if cursor is None or not leases.take(connection, "rebuild", LEASE_SECONDS):
                return 0
            query = select(tables.roots.c.id).where(tables.roots.c.id > cursor).order_by(tables.roots.c.id).limit(BATCH)
            ids = list(connection.execute(query).scalars())
            for root_id in ids:
                self._rewrite(connection, root_id)
            self._keep(connection, ids[-1] if ids else cursor, done=not ids)
        return len(ids)

    def _rewrite(self, connection: Connection, root_id: str) -> None:
        loaded = roots.load(connection, root_id, lock=True)
        performer = self._performer
        derived = projections.projection_of(connection, performer.definitions, performer.settings, loaded, whole=True)
        connection.execute(UPDATE_DIGESTS, {"root": root_id, "digests": loaded.root.derived})
        derived.write(connection)

    def _cursor(self, connection: Connection) -> str | None:
        """Return the last root that was rewritten under the present stamp; None when all are."""
        table = tables.projections
        row = connection.execute(select(table).where(table.c.name == NAME)).mappings().one_or_none()
        if row is None or row["stamp"] != self.stamp:
            return ""
        return None if row["done"] else str(row["cursor"])

    def _keep(self, connection: Connection, cursor: str, *, done: bool) -> None:
        table, values = tables.projections, {"stamp": self.stamp, "cursor": cursor, "done": done}
        statement = insert_into(connection, table).values(name=NAME, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def _plain(value: object) -> object:
    """Return settings as canonical JSON takes them: what is no whole number, text or truth value as text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | str) or value is None else str(value)
