"""Intake's own tables: foreign alerts seen, and what grouping works on."""

from sqlalchemy import JSON, Column, Index, Integer, MetaData, String, Table

metadata = MetaData()

# each foreign alert once, with the lead it opened and how often feeds have brought it
foreign_alerts = Table(
    "foreign_alerts",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("alert_number", String(60), primary_key=True),
    Column("lead", String(80), nullable=False),
    Column("feed", String(80), nullable=False),
    Column("seen", Integer, nullable=False),
)

# the features of a lead for grouping; `signal` is where it is grouped, `state` is `free`, `grouped` or `gone`
lead_features = Table(
    "lead_features",
    metadata,
    Column("lead", String(80), primary_key=True),
    Column("number", String(40), nullable=False),
    Column("title", String(300), nullable=False),
    Column("state", String(10), nullable=False),
    Column("signal", String(80)),
    Column("severity", Integer, nullable=False),
    Column("features", JSON, nullable=False),
    Index("lead_features_state", "state", "lead"),
)

# the block keys of each lead: leads that share one are compared
block_keys = Table(
    "block_keys",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("lead", String(80), primary_key=True),
    Index("block_keys_lead", "lead"),
)

# analysts' decisions on pairs of leads, `first` before `second`; the later decision replaces the earlier
decided_links = Table(
    "decided_links",
    metadata,
    Column("first", String(80), primary_key=True),
    Column("second", String(80), primary_key=True),
    Column("decision", String(10), nullable=False),
    Column("signal", String(80), nullable=False),
    Column("decided_on", String(10), nullable=False),
)
