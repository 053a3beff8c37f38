"""The journal: a chain of entries per root, each hash covering the one before it.

`hash = SHA-256(previous ‖ canonical JSON)`, RFC 8785; `previous` is 32 bytes, zeros before the first entry.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from chassis.core.canonical import canonical
from chassis.core.storage import tables
from chassis.core.storage.roots import GENESIS
from chassis.core.trust.seal import references, salted_digest


def chain(previous: str, entry: dict[str, Any]) -> tuple[str, str]:
    """Return the canonical text of an entry and its hash after `previous` (hexadecimal)."""
    text = canonical(entry)
    return text.decode(), hashlib.sha256(bytes.fromhex(previous) + text).hexdigest()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a chain: the root, the entry's number and what does not agree."""

    root: str
    seq: int
    what: str


def verify_root(connection: Connection, root_id: str, unseal: Any = None) -> Iterator[Fault]:
    """Yield the faults of a root's chain: numbering, hashes, the head kept on the root, and sealed values that still exist.

    `unseal` takes a row of the sealed table and returns its value; without it sealed values are not compared.
    """
    previous, expected = GENESIS, 1
    rows = connection.execute(
        select(tables.journal).where(tables.journal.c.root_id == root_id).order_by(tables.journal.c.seq)
    )
    for row in rows.mappings():
        entry = json.loads(row["entry"])
        text, entry_hash = chain(previous, entry)
        if row["seq"] != expected or entry.get("seq") != expected:
            yield Fault(root_id, row["seq"], f"numbered {row['seq']}, expected {expected}")
        if text != row["entry"] or entry_hash != row["hash"]:
            yield Fault(root_id, row["seq"], "the hash does not follow from the entry")
        if unseal:
            yield from _verify_sealed(connection, root_id, row["seq"], entry, unseal)
        previous, expected = row["hash"], row["seq"] + 1
    head = connection.execute(
        select(tables.roots.c.head_seq, tables.roots.c.head_hash).where(tables.roots.c.id == root_id)
    ).one_or_none()
    if head is None or (head.head_seq, head.head_hash) != (expected - 1, previous):
        yield Fault(root_id, expected - 1, "the root's head is not the last entry")


def _verify_sealed(
    connection: Connection, root_id: str, seq: int, entry: dict[str, Any], unseal: Any
) -> Iterator[Fault]:
    for reference in references(entry):
        row = (
            connection.execute(select(tables.sealed).where(tables.sealed.c.id == reference["$sealed"]))
            .mappings()
            .one_or_none()
        )
        if row is None:
            yield Fault(root_id, seq, "a sealed value's row is gone")
        elif row["box"] is not None and salted_digest(row["salt"], unseal(row)) != reference["digest"]:
            yield Fault(root_id, seq, "a sealed value is not the one that was journaled")
