"""Intake's own tables: foreign alerts seen, and what grouping works on."""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table

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

# each lead that grouping knows, by a short number; `state` is `free`, `grouped` or `gone`
lead_grouping = Table(
    "lead_grouping",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lead", String(80), nullable=False),
    Column("state", String(10), nullable=False),
    Index("lead_grouping_lead", "lead", unique=True),
    Index("lead_grouping_state", "state", "id"),
)

# the block keys of each lead, as numbers: leads that share one are compared
block_keys = Table(
    "block_keys",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("lead", Integer, primary_key=True, autoincrement=False),
    Index("block_keys_lead", "lead"),
    sqlite_with_rowid=False,
)

# analysts' decisions as stays of leads in signals: from the entry of the signal's journal that put the lead in to the one that
# split it off (none: it is in the signal). Leads that were in a signal together must be, or cannot be, together again.
decided_links = Table(
    "decided_links",
    metadata,
    Column("lead", Integer, primary_key=True, autoincrement=False),
    Column("signal", String(80), primary_key=True),
    Column("from_seq", Integer, primary_key=True, autoincrement=False),
    Column("to_seq", Integer),
    sqlite_with_rowid=False,
)
