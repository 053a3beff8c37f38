"""The chassis's tables as first released. Frozen: a later change of `chassis.core.storage.tables` is a later revision."""

import sqlalchemy as sa
from alembic import op

revision = "chassis_0001"
down_revision = None
branch_labels = ("chassis",)
depends_on = None
stage = "expand"
stop = False

COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TABLES = (
    "roots",
    "parts",
    "parties",
    "clocks",
    "commands",
    "journal",
    "sealed",
    "accesses",
    "drafts",
    "outbox",
    "inbox",
    "tasks",
    "leases",
)
"""In the order in which they are created; a table comes after those that it refers to."""


def upgrade() -> None:
    """Create the tables and their indexes."""
    op.create_table(
        "roots",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("dossier", sa.String(80), nullable=False),
        sa.Column("number", sa.String(80)),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("regime", sa.String(80), nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("opened_at", sa.String(32), nullable=False),
        sa.Column("updated_at", sa.String(32), nullable=False),
        sa.Column("facts", sa.Integer, nullable=False),
        sa.Column("head_seq", sa.Integer, nullable=False),
        sa.Column("head_hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_roots_dossier", "roots", ["dossier"])
    op.create_index("roots_kind_state", "roots", ["kind", "state", "updated_at"])
    op.create_table(
        "parts",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("root_id", sa.String(80), sa.ForeignKey("roots.id"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("opened_at", sa.String(32), nullable=False),
    )
    op.create_index("ix_parts_root_id", "parts", ["root_id"])
    op.create_table(
        "parties",
        sa.Column("root_id", sa.String(80), sa.ForeignKey("roots.id"), primary_key=True),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("who", sa.String(80), primary_key=True),
        sa.Column("part_id", sa.String(80), primary_key=True, server_default=""),
        sa.Column("area", sa.String(12)),
    )
    op.create_index("parties_who", "parties", ["who", "name"])
    op.create_table(
        "clocks",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("root_id", sa.String(80), sa.ForeignKey("roots.id"), nullable=False),
        sa.Column("part_id", sa.String(80), nullable=False, server_default=""),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("start_on", sa.String(10), nullable=False),
        sa.Column("length", sa.String(40), nullable=False),
        sa.Column("due_on", sa.String(10), nullable=False),
        sa.Column("due_at", sa.String(32), nullable=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("ended_at", sa.String(32)),
        sa.Column("lapse_noted", sa.Boolean, nullable=False, server_default="0"),
        sa.Column("reminded", sa.Boolean, nullable=False, server_default="0"),
    )
    op.create_index("clocks_running", "clocks", ["state", "due_at"])
    op.create_index("ix_clocks_root_id", "clocks", ["root_id"])
    op.create_table(
        "commands",
        sa.Column("id", sa.String(160), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table(
        "journal",
        sa.Column("root_id", sa.String(80), sa.ForeignKey("roots.id"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("act", sa.String(60), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "sealed",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("root_id", sa.String(80), nullable=False),
        sa.Column("mark", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("box", sa.LargeBinary),
    )
    op.create_index("ix_sealed_root_id", "sealed", ["root_id"])
    op.create_table(
        "accesses",
        sa.Column("id", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("root_id", sa.String(80), nullable=False),
        sa.Column("mark", sa.String(40), nullable=False),
        sa.Column("sealed_ids", sa.Text, nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("organisation", sa.String(80)),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index("ix_accesses_root_id", "accesses", ["root_id"])
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("root_id", sa.String(80), sa.ForeignKey("roots.id"), nullable=False),
        sa.Column("part_id", sa.String(80), nullable=False, server_default=""),
        sa.Column("act", sa.String(60), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("drafter", sa.JSON, nullable=False),
        sa.Column("root_version", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("chain", sa.JSON, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("steps", sa.JSON, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
    )
    op.create_index("ix_drafts_root_id", "drafts", ["root_id"])
    op.create_index("ix_drafts_state", "drafts", ["state"])
    op.create_table(
        "outbox",
        sa.Column("id", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("slot", sa.Integer, nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("routing_key", sa.String(200), nullable=False),
        sa.Column("message_id", sa.String(80), nullable=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("reason", sa.String(300)),
    )
    op.create_index("outbox_slot", "outbox", ["slot", "id"])
    op.create_table(
        "inbox",
        sa.Column("subject", sa.String(80), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("event_id", sa.String(80), nullable=False),
        sa.Column("held", sa.Boolean, nullable=False, server_default="0"),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("root_id", sa.String(80), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("reason", sa.String(300)),
        sa.Column("holder", sa.String(80)),
        sa.Column("held_until", sa.BigInteger, nullable=False, server_default="0"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("holder", sa.String(80), nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)
