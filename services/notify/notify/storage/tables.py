"""Tables of this service beside the chassis's own."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()

numbers = Table(
    "numbers",
    metadata,
    Column("issuer", String(80), primary_key=True),
    Column("code", String(40), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("value", Integer, primary_key=True),
    Column("kind", String(60), nullable=False),
    Column("document", String(80), nullable=False),
    Column("void_reasons", Text),
    UniqueConstraint("document", name="numbers_document"),
)

service_addresses = Table(
    "service_addresses",
    metadata,
    Column("organisation", String(80), primary_key=True),
    Column("root_id", String(80), nullable=False, unique=True),
    Column("confirmed_on", String(10), nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("recall", String(80), primary_key=True),
    Column("root_id", String(80), nullable=False, unique=True),
    Column("on_show", Integer, nullable=False),
)
