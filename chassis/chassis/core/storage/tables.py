"""The chassis's tables, the same in every service's database."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

metadata = MetaData()
Counter = BigInteger().with_variant(Integer, "sqlite")

roots = Table(
    "roots",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("state", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("dossier", String(80), nullable=False, index=True),
    Column("number", String(80), index=True),
    Column("title", String(300), nullable=False),
    Column("regime", String(80), nullable=False),
    Column("body", JSON, nullable=False),
    Column("opened_at", String(32), nullable=False),
    Column("updated_at", String(32), nullable=False),
    Column("facts", Integer, nullable=False),
    Column("head_seq", Integer, nullable=False),
    Column("head_hash", String(64), nullable=False),
    Column("derived", String(80)),
    Index("roots_kind_state", "kind", "state", "updated_at"),
)

parts = Table(
    "parts",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("root_id", ForeignKey("roots.id"), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("state", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("opened_at", String(32), nullable=False),
)

parties = Table(
    "parties",
    metadata,
    Column("root_id", ForeignKey("roots.id"), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("who", String(80), primary_key=True),
    Column("part_id", String(80), primary_key=True, server_default=""),
    Column("area", String(12)),
    Index("parties_who", "who", "name"),
)

clocks = Table(
    "clocks",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("root_id", ForeignKey("roots.id"), nullable=False, index=True),
    Column("part_id", String(80), nullable=False, server_default=""),
    Column("name", String(60), nullable=False),
    Column("start_on", String(10), nullable=False),
    Column("length", String(40), nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("due_at", String(32), nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("state", String(12), nullable=False),
    Column("ended_at", String(32)),
    Column("lapse_noted", Boolean, nullable=False, server_default="0"),
    Column("reminded", Boolean, nullable=False, server_default="0"),
    Index("clocks_running", "state", "due_at"),
)

commands = Table(
    "commands",
    metadata,
    Column("id", String(160), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("at", String(32), nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("root_id", ForeignKey("roots.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("act", String(60), nullable=False),
    Column("at", String(32), nullable=False),
    Column("entry", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)

sealed = Table(
    "sealed",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("root_id", String(80), nullable=False, index=True),
    Column("mark", String(40), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("salt", LargeBinary),
    Column("box", LargeBinary),
)

accesses = Table(
    "accesses",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("root_id", String(80), nullable=False, index=True),
    Column("mark", String(40), nullable=False),
    Column("sealed_ids", Text, nullable=False),
    Column("person", String(80), nullable=False),
    Column("organisation", String(80)),
    Column("at", String(32), nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("root_id", ForeignKey("roots.id"), nullable=False, index=True),
    Column("part_id", String(80), nullable=False, server_default=""),
    Column("act", String(60), nullable=False),
    Column("data", JSON, nullable=False),
    Column("drafter", JSON, nullable=False),
    Column("root_version", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("chain", JSON, nullable=False),
    Column("step", Integer, nullable=False),
    Column("steps", JSON, nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("created_at", String(32), nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("slot", Integer, nullable=False),
    Column("subject", String(80), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("routing_key", String(200), nullable=False),
    Column("message_id", String(80), nullable=False),
    Column("type", String(120), nullable=False),
    Column("body", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", BigInteger, nullable=False, server_default="0"),
    Column("reason", String(300)),
    Index("outbox_slot", "slot", "id"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("subject", String(80), primary_key=True),
    Column("last", Integer, nullable=False),
    Column("event_id", String(80), nullable=False),
    Column("held", Boolean, nullable=False, server_default="0"),
    Column("at", String(32), nullable=False),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("data", JSON, nullable=False),
    Column("root_id", String(80), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", BigInteger, nullable=False, server_default="0"),
    Column("reason", String(300)),
    Column("holder", String(80)),
    Column("held_until", BigInteger, nullable=False, server_default="0"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("holder", String(80), nullable=False),
    Column("until", BigInteger, nullable=False),
)

series = Table(
    "series",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("last", Integer, nullable=False),
)

duties = Table(
    "duties",
    metadata,
    Column("root_id", ForeignKey("roots.id"), primary_key=True),
    Column("holder", String(200), primary_key=True),
    Column("due_at", String(32), nullable=False),
    Column("since", String(32), nullable=False),
    Column("from_at", String(32), nullable=False),
    Column("area", String(12)),
    Column("items", Text, nullable=False),
    Index("duties_holder", "holder", "due_at", "since", "root_id"),
    Index("duties_due", "due_at"),
)

# Rows that are only derived from roots, and written with them: a foreign key would be checked for each, for nothing.
readers = Table(
    "readers",
    metadata,
    Column("root_id", String(80), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("state", String(60), nullable=False),
    Column("open", Boolean, nullable=False),
    Column("updated_at", String(32), nullable=False),
    Index("readers_newest", "key", "kind", "open", "updated_at", "root_id"),
    Index("readers_state", "key", "kind", "state", "updated_at", "root_id"),
    sqlite_with_rowid=False,
)

# On SQLite the FTS5 table `texts_index` has these rows for its content; triggers keep it (migration 0004).
texts = Table(
    "texts",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("root_id", String(80), nullable=False, unique=True),
    Column("tokens", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
)

projections = Table(
    "projections",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("stamp", String(64), nullable=False),
    Column("cursor", String(80), nullable=False),
    Column("done", Boolean, nullable=False),
)
