"""The tables of the accounts database."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, ForeignKey, MetaData, String, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC without a zone, as every backend keeps it."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware again."""
        return value.replace(tzinfo=UTC) if value else None


organisations = Table(
    "organisations",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("zh", String(200), nullable=False),
    Column("en", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("area", String(6)),
    Column("offices", JSON, nullable=False),
    Column("parent", String(80), ForeignKey("organisations.id")),
    Column("credit_code", String(18), unique=True),
)

persons = Table(
    "persons",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("username", String(80), nullable=False, unique=True),
    Column("password", String(200), nullable=False),
    Column("certificate", String(40)),
    Column("active", Boolean, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("person", String(80), ForeignKey("persons.id"), primary_key=True),
    Column("organisation", String(80), ForeignKey("organisations.id"), primary_key=True, index=True),
    Column("posts", JSON, nullable=False),
)

deputies = Table(
    "deputies",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("organisation", String(80), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("post", String(20), nullable=False),
    Column("holder", String(80), ForeignKey("persons.id"), nullable=False),
    Column("deputy", String(80), ForeignKey("persons.id"), nullable=False, index=True),
    Column("begins", Date, nullable=False),
    Column("ends", Date, nullable=False),
    Column("recorded_by", String(80), ForeignKey("persons.id"), nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("person", String(80), ForeignKey("persons.id"), nullable=False, index=True),
    Column("organisation", String(80), ForeignKey("organisations.id"), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("ended_at", Moment),
)
