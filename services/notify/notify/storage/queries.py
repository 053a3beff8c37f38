"""What the acts ask of this service's tables; each runs in the act's own transaction."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from chassis.core.storage.series import insert_into
from notify.storage.tables import numbers, publications, service_addresses


def keep_number(
    connection: Connection, *, issuer: str, code: str, year: int, value: int, kind: str, document: str
) -> None:
    """Write the allotted number beside its document; the keys refuse a second use of either."""
    connection.execute(
        insert(numbers).values(issuer=issuer, code=code, year=year, value=value, kind=kind, document=document)
    )


def void_number(connection: Connection, document: str, reasons: str) -> None:
    """Mark a document's number void; the row stays, and the series never gives the number again."""
    connection.execute(update(numbers).where(numbers.c.document == document).values(void_reasons=reasons))


def address_in_force(connection: Connection, organisation: str | None) -> str | None:
    """The confirmation of the service address that is in force for an organisation (root id), or None."""
    query = select(service_addresses.c.root_id).where(service_addresses.c.organisation == organisation)
    return connection.execute(query).scalar_one_or_none()


def put_address(connection: Connection, organisation: str, root_id: str, confirmed_on: str) -> bool:
    """Put a confirmation in force; False where the organisation has one already, also one of this very moment."""
    row = {"organisation": organisation, "root_id": root_id, "confirmed_on": confirmed_on}
    put = insert_into(connection, service_addresses).values(**row).on_conflict_do_nothing()
    return connection.execute(put.returning(service_addresses.c.root_id)).scalar_one_or_none() is not None


def end_address(connection: Connection, root_id: str) -> None:
    """End what `put_address` put in force."""
    connection.execute(delete(service_addresses).where(service_addresses.c.root_id == root_id))


def keep_publication(connection: Connection, recall: str, root_id: str) -> None:
    """Record which publication shows a recall; a recall whose plan is filed again is shown by the newest one."""
    known = select(publications.c.root_id).where(publications.c.recall == recall)
    if connection.execute(known).scalar_one_or_none():
        change = update(publications).where(publications.c.recall == recall)
        connection.execute(change.values(root_id=root_id, on_show=0))
        return
    connection.execute(insert(publications).values(recall=recall, root_id=root_id, on_show=0))


def show_publication(connection: Connection, root_id: str, on_show: bool) -> None:
    """Note that a publication is shown to the public, or no longer."""
    connection.execute(update(publications).where(publications.c.root_id == root_id).values(on_show=int(on_show)))
