"""What the service asks of its own tables, and how an event finds the recall that it moves."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from chassis.core.storage.tables import roots
from recall.storage.tables import recall_cases

ENDED = ("withdrawn", "closed")


def keep_case(connection: Connection, case: str, recall: str, basis: str) -> None:
    """Record which case a recall came from, and on which basis."""
    connection.execute(insert(recall_cases).values(recall_id=recall, case_id=case, basis=basis))


def notified_recall_of_case(connection: Connection, data: Mapping[str, Any]) -> str | None:
    """The recall that the notice of an event's case opened and that has not ended; None where there is none.

    An objection is to a notice (article 14): a voluntary recall of the same case is not held by it.
    """
    query = select(roots.c.id).join(recall_cases, recall_cases.c.recall_id == roots.c.id)
    query = query.where(
        recall_cases.c.case_id == str(data["case"]), recall_cases.c.basis != "voluntary", roots.c.state.not_in(ENDED)
    )
    return connection.execute(query.order_by(roots.c.id.desc()).limit(1)).scalar_one_or_none()


def recall_published(connection: Connection, data: Mapping[str, Any]) -> str | None:
    """The recall that a publication is of, unless it has ended."""
    return _open(connection, data["recall"])


def recall_of_document(connection: Connection, data: Mapping[str, Any]) -> str | None:
    """The recall that a served document belongs to, unless it has ended."""
    return _open(connection, data["root"])


def _open(connection: Connection, recall: str) -> str | None:
    query = select(roots.c.id).where(roots.c.id == str(recall), roots.c.kind == "recall", roots.c.state.not_in(ENDED))
    return connection.execute(query).scalar_one_or_none()
