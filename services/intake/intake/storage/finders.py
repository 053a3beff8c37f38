"""Which signal an event of experts is for."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from chassis.core.storage import tables


def asking_signal(connection: Connection, data: Mapping[str, Any]) -> str | None:
    """Return the signal whose consultation still waits for this panel, or None: a request of investigation, or one that was withdrawn."""
    parts = tables.parts
    query = select(parts.c.root_id).where(
        parts.c.id == data.get("part"), parts.c.kind == "consultation", parts.c.state == "requested"
    )
    signal: str | None = connection.execute(query).scalar_one_or_none()
    return signal
