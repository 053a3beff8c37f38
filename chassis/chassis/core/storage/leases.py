"""Leases: which of several replicas does a thing now. Machine time; a lease not renewed passes to another."""

import time
import uuid

from sqlalchemy import Connection, or_

from chassis.core.storage import tables
from chassis.core.storage.series import insert_into

HOLDER = f"process_{uuid.uuid4()}"


def take(connection: Connection, name: str, seconds: int) -> bool:
    """Take or renew a lease inside a writing transaction; tell whether this process holds it now."""
    table, moment = tables.leases, int(time.time())
    values = {"holder": HOLDER, "until": moment + seconds}
    free = or_(table.c.holder == HOLDER, table.c.until < moment)
    statement = insert_into(connection, table).values(name=name, **values)
    statement = statement.on_conflict_do_update(index_elements=["name"], set_=values, where=free)
    return bool(connection.execute(statement).rowcount)
