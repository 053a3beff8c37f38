"""Which case an event of another service means."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from chassis.core.storage.tables import roots

WAITING = {"determining": "determination", "redetermining": "redetermination"}
ENDED = ("closed", "no_defect", "ordered")


def running_case(connection: Connection, data: Mapping[str, Any]) -> str | None:
    """Return the case that a fact of a recall names; None where it names none, or one that has ended: nothing is moved then."""
    return _running(connection, data.get("case"))


def served_case(connection: Connection, data: Mapping[str, Any]) -> str | None:
    """Return the case whose paper was served; None where it has ended: the document itself keeps the date."""
    return _running(connection, data.get("root"))


def _running(connection: Connection, root: str | None) -> str | None:
    query = select(roots.c.id).where(roots.c.id == root, roots.c.kind == "case", roots.c.state.not_in(ENDED))
    return connection.execute(query).scalar_one_or_none()


def asking_case(connection: Connection, data: Mapping[str, Any]) -> str | None:
    """Return the case that still waits for the panel a fact of experts speaks of; None where it no longer does, or another asked."""
    query = select(roots.c.id, roots.c.state, roots.c.body).where(
        roots.c.id == data.get("root"), roots.c.kind == "case"
    )
    row = connection.execute(query).one_or_none()
    purpose = WAITING.get(row.state) if row else None
    return row.id if row and purpose and row.body[purpose]["request"] == data.get("request") else None
