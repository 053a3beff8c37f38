"""Which case an event of another service means."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from chassis.core.tables import roots

ENDED = ("closed", "no_defect", "ordered")


def running_case(connection: Connection, data: Mapping[str, Any]) -> str | None:
    """Return the case that a fact of a recall names; None where it names none, or one that has ended: nothing is moved then."""
    query = select(roots.c.id).where(
        roots.c.id == data.get("case"), roots.c.kind == "case", roots.c.state.not_in(ENDED)
    )
    return connection.execute(query).scalar_one_or_none()
