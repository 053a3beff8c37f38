"""Which root an event means when it does not carry the root's id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from notify.storage.tables import publications


def publication_of_recall(connection: Connection, data: Mapping[str, Any]) -> str | None:
    """The publication of the recall that the event names, while the public sees it; else None."""
    query = select(publications.c.root_id).where(
        publications.c.recall == data.get("recall"), publications.c.on_show == 1
    )
    return connection.execute(query).scalar_one_or_none()
