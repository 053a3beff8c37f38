"""The service's own tables: what the draw asks of experts and of seats. The roots remain the record."""

from sqlalchemy import Column, ForeignKey, Index, MetaData, String, Table

metadata = MetaData()

profiles = Table(
    "profiles",
    metadata,
    Column("expert_id", String(80), primary_key=True),
    Column("person", String(80), nullable=False, index=True),
    Column("number", String(40), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("term_from", String(10)),
    Column("term_until", String(10)),
)

profile_fields = Table(
    "profile_fields",
    metadata,
    Column("expert_id", ForeignKey("profiles.expert_id"), primary_key=True),
    Column("field", String(40), primary_key=True),
)

relations = Table(
    "relations",
    metadata,
    Column("expert_id", ForeignKey("profiles.expert_id"), primary_key=True),
    Column("code", String(18), primary_key=True),
)

sittings = Table(
    "sittings",
    metadata,
    Column("seat_id", String(80), primary_key=True),
    Column("expert_id", ForeignKey("profiles.expert_id"), nullable=False),
    Column("panel_id", String(80), nullable=False),
    Column("dossier", String(80), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Index("sittings_dossier", "dossier"),
)
