"""Number series: consecutive whole numbers from 1, without a gap, allotted inside the transaction that uses them."""

from typing import Any

from sqlalchemy import Connection, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from chassis.core.storage import tables


def insert_into(connection: Connection, table: Table) -> Any:
    """Return the dialect's own INSERT, which knows ON CONFLICT; SQLite and PostgreSQL share its form."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def next_number(connection: Connection, name: str) -> int:
    """Return the next number of a series, from 1; `name` holds all that the series is counted by, e.g. `lead/2026`.

    The row of the series stays locked until the transaction ends: others wait, and a rollback gives the number back.
    """
    series = tables.series
    statement = insert_into(connection, series).values(name=bindparam("series"), last=1)
    statement = statement.on_conflict_do_update(index_elements=[series.c.name], set_={"last": series.c.last + 1})
    return int(connection.execute(statement.returning(series.c.last), {"series": name}).scalar_one())
