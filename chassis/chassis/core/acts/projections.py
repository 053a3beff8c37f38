"""The rows that are derived from a root, for lists: duties, readers, words. The transaction of every act writes those that it changed.

The root's own row holds a digest of each, so that an act which changes none of them writes nothing but the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, update

from chassis.core.acts import duties, readers, texts
from chassis.core.acts.definitions import Definitions
from chassis.core.canonical import compact
from chassis.core.rulebook.model import KindRule
from chassis.core.storage import tables
from chassis.core.storage import texts as index
from chassis.core.storage.roots import Loaded

Json = dict[str, Any]

FORM = "2"
"""Counts up when the form of the rows changes: every database then writes all of them again."""
NO_DRAFTS = "-"
"""Stands among the digests where no draft of the root is under way or was sent back: then there are none to read."""

DELETE_DUTIES = delete(tables.duties).where(tables.duties.c.root_id == bindparam("root"))
INSERT_DUTIES = insert(tables.duties)
DELETE_READERS = delete(tables.readers).where(tables.readers.c.root_id == bindparam("root"))
INSERT_READERS = insert(tables.readers)
UPDATE_READERS = (
    update(tables.readers)
    .where(tables.readers.c.root_id == bindparam("root"))
    .values({name: bindparam(name) for name in ("state", "open", "updated_at")})
)


@dataclass(frozen=True, slots=True)
class Stored:
    """Digests of the rows that stand in the tables; empty where they were never written, or in another form."""

    duties: str = ""
    readers: str = ""
    texts: str = ""
    drafts: str = ""

    @classmethod
    def of(cls, derived: str | None) -> "Stored":
        """Read what a root holds."""
        form, *digests = (derived or "").split(" ")
        return cls(*digests) if form == FORM else cls()

    def text(self) -> str:
        """Return what a root is to hold."""
        return f"{FORM} {self.duties} {self.readers} {self.texts} {self.drafts}"


@dataclass(frozen=True, slots=True)
class Projection:
    """The rows of one root as they ought to be, and the digests of those that stand in the tables."""

    loaded: Loaded
    kind: KindRule
    duties: list[Json]
    keys: list[str]
    source: texts.Source
    before: Stored
    after: Stored

    def write(self, connection: Connection) -> None:
        """Write what changed, after the root's own row."""
        root, before, after = self.loaded.root, self.before, self.after
        if before.duties != after.duties:
            if not root.new:
                connection.execute(DELETE_DUTIES, {"root": root.id})
            if self.duties:
                connection.execute(INSERT_DUTIES, self.duties)
        self._write_readers(connection)
        if before.texts != after.texts:
            index.write(connection, root.id, texts.tokens_of(self.source))

    def _write_readers(self, connection: Connection) -> None:
        root = self.loaded.root
        values = {"state": root.state, "open": root.state not in self.kind.final, "updated_at": root.updated_at}
        if self.before.readers == self.after.readers:
            connection.execute(UPDATE_READERS, {"root": root.id, **values})
            return
        if not root.new:
            connection.execute(DELETE_READERS, {"root": root.id})
        if self.keys:
            row = {"root_id": root.id, "kind": root.kind, **values}
            connection.execute(INSERT_READERS, [{**row, "key": key} for key in self.keys])


def projection_of(
    connection: Connection,
    definitions: Definitions,
    settings: Mapping[str, Any],
    loaded: Loaded,
    drafted: bool = True,
    *,
    whole: bool = False,
) -> Projection:
    """Compute the rows of a root, and put their digests into it, to be written with it.

    `drafted`: drafts may have been written in this transaction. `whole`: whatever stands in the tables, all is to be written.
    """
    root, book = loaded.root, definitions.registry.of(loaded.root.regime)
    kind, before = book.kinds[root.kind], Stored.of(root.derived)
    keys = readers.keys_of(book, kind, root.state, loaded.parties)
    source = texts.source_of(kind, root, keys)
    known = root.new or (before.drafts == NO_DRAFTS and not drafted)
    drafts = [] if known else duties.drafts_of(connection, definitions, root)
    waits = any(draft["state"] in ("open", "returned") for draft in drafts)
    rows = duties.rows_of(definitions, settings, loaded, drafts)
    after = Stored(_short(rows), _short(sorted(keys)), _short(source), "drafts" if waits else NO_DRAFTS)
    root.derived = after.text()
    return Projection(loaded, kind, rows, sorted(keys), source, Stored() if whole else before, after)


def _short(value: Any) -> str:
    return blake2b(compact(value).encode(), digest_size=8).hexdigest()
