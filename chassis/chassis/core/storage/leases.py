"""Leases: which of several replicas does a thing now. Machine time; a lease not renewed passes to another."""

import time
import uuid

from sqlalchemy import Connection, insert, select, update

from chassis.core.storage import tables

HOLDER = f"process_{uuid.uuid4()}"


def take(connection: Connection, name: str, seconds: int) -> bool:
    """Take or renew a lease inside a writing transaction; tell whether this process holds it now."""
    table, moment = tables.leases, int(time.time())
    row = connection.execute(select(table).where(table.c.name == name).with_for_update()).mappings().one_or_none()
    values = {"holder": HOLDER, "until": moment + seconds}
    if row is None:
        connection.execute(insert(table), {"name": name, **values})
    elif row["holder"] == HOLDER or row["until"] < moment:
        connection.execute(update(table).where(table.c.name == name).values(**values))
    else:
        return False
    return True
