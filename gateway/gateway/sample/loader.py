"""Loads the sample province into the accounts database; a second time changes nothing. Never in production."""

from __future__ import annotations

from importlib import resources
from typing import Any

import yaml
from sqlalchemy import Connection, Table, select

from chassis.core.errors import ConfigurationFault
from chassis.core.storage.database import Database
from gateway.config import Config
from gateway.identity import HASHER
from gateway.tables import memberships, organisations, persons

PASSWORD = "Zhaohui-2026"  # of every sample account; there are none in production


def load(config: Config, database: Database) -> list[dict[str, str]]:
    """Load what is missing; returns `[{username, name, organisation, posts}]`, for the runner to print.

    ConfigurationFault in production.
    """
    if config.production:
        raise ConfigurationFault(["the sample province is refused in production"])
    province = yaml.safe_load(resources.files("gateway.sample").joinpath("province.yaml").read_text(encoding="utf-8"))
    with database.writing() as connection:
        _organisations(connection, province["organisations"])
        _persons(connection, province["persons"])
    names = {row["id"]: row["zh"] for row in province["organisations"]}
    return [
        {
            "username": row["username"],
            "name": row["name"],
            "organisation": names[organisation],
            "posts": " ".join(posts),
        }
        for row in province["persons"]
        for organisation, posts in row["member"].items()
    ]


def _organisations(connection: Connection, rows: list[dict[str, Any]]) -> None:
    present = _present(connection, organisations)
    for row in rows:
        if row["id"] not in present:
            connection.execute(
                organisations.insert().values({"area": None, "parent": None, "credit_code": None, **row})
            )


def _persons(connection: Connection, rows: list[dict[str, Any]]) -> None:
    present = _present(connection, persons)
    missing = [row for row in rows if row["id"] not in present]
    if not missing:
        return
    password = HASHER.hash(PASSWORD)
    for row in missing:
        connection.execute(
            persons.insert().values(
                id=row["id"],
                name=row["name"],
                username=row["username"],
                password=password,
                certificate=row.get("certificate"),
                active=True,
            )
        )
        for organisation, posts in row["member"].items():
            connection.execute(memberships.insert().values(person=row["id"], organisation=organisation, posts=posts))


def _present(connection: Connection, table: Table) -> set[str]:
    return set(connection.execute(select(table.c.id)).scalars())
