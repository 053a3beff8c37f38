"""Which box an event means that names none."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from chassis.core.storage.tables import roots


def box_labelled(connection: Connection, data: Mapping[str, Any]) -> str | None:
    """The box with the label that was seen, or None."""
    query = select(roots.c.id).where(roots.c.title == data.get("label"))
    return connection.execute(query).scalar_one_or_none()
