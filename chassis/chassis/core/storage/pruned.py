"""What is kept for good of rows that were pruned: the digest of a command's id, and up to where a subject was taken.

So a repeat is known as one however late it comes. A row is a key of 16 bytes and a small number.
"""

import hashlib
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam, select

from chassis.core.storage import tables
from chassis.core.storage.series import insert_into

LAST_TAKEN = select(tables.pruned.c.key, tables.pruned.c.last).where(
    tables.pruned.c.key.in_(bindparam("keys", expanding=True))
)


def command_key(command_id: str) -> bytes:
    """Return the key under which a command is stored, and known after it was pruned."""
    return _key(f"command:{command_id}")


def subject_key(subject: str) -> bytes:
    """Return the key by which a subject is known whose inbox row was pruned."""
    return _key(f"subject:{subject}")


def _key(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:16]


def add(connection: Connection, lasts: Mapping[bytes, int | None]) -> None:
    """Keep keys of pruned rows: of a command with None, of a subject with the last sequence taken, which replaces an earlier one."""
    statement = insert_into(connection, tables.pruned)
    last = statement.excluded.last
    statement = statement.on_conflict_do_update(index_elements=["key"], set_={"last": last})
    connection.execute(statement, [{"key": key, "last": last} for key, last in lasts.items()])


def last_taken(connection: Connection, subjects: Iterable[str]) -> dict[str, int]:
    """Return the last sequence that was taken of each of these subjects whose inbox row was pruned."""
    keys = {subject_key(subject): subject for subject in subjects}
    rows = connection.execute(LAST_TAKEN, {"keys": list(keys)})
    return {keys[bytes(key)]: last for key, last in rows}
