"""Readers and words of roots as rows, for lists; an index of numbers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "chassis_0004"
down_revision = "chassis_0003"
branch_labels = None
depends_on = None

COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
FTS5 = """
CREATE VIRTUAL TABLE texts_index USING fts5(
    tokens, content='texts', content_rowid='id', detail=none, columnsize=0, tokenize="ascii tokenchars ':=._'"
)
"""
ADD = "INSERT INTO texts_index(rowid, tokens) VALUES (new.id, new.tokens);"
REMOVE = "INSERT INTO texts_index(texts_index, rowid, tokens) VALUES ('delete', old.id, old.tokens);"
TRIGGERS = (
    f"CREATE TRIGGER texts_added AFTER INSERT ON texts BEGIN {ADD} END",
    f"CREATE TRIGGER texts_changed AFTER UPDATE OF tokens ON texts BEGIN {REMOVE} {ADD} END",
    f"CREATE TRIGGER texts_removed AFTER DELETE ON texts BEGIN {REMOVE} END",
)
GIN = "CREATE INDEX texts_tokens ON texts USING gin (tokens) WITH (fastupdate = on, gin_pending_list_limit = 64)"
"""A short list of what is not yet in the index (64 KiB): every search reads it through, and one act in some dozens works it off."""


def upgrade() -> None:
    """Create the tables and indexes; the rows are written by the service when it starts (`chassis.core.triggers.rebuild`)."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    op.add_column("roots", sa.Column("derived", sa.String(80)))
    op.create_index("ix_roots_number", "roots", ["number"])
    op.create_table(
        "readers",
        sa.Column("root_id", sa.String(80), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(60), nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("updated_at", sa.String(32), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("readers_newest", "readers", ["key", "kind", "open", "updated_at", "root_id"])
    op.create_index("readers_state", "readers", ["key", "kind", "state", "updated_at", "root_id"])
    op.create_table(
        "texts",
        sa.Column("id", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("root_id", sa.String(80), nullable=False, unique=True),
        sa.Column("tokens", TSVECTOR() if on_postgresql else sa.Text(), nullable=False),
    )
    for statement in [GIN] if on_postgresql else [FTS5, *TRIGGERS]:
        op.execute(statement)
    op.execute("DELETE FROM projections")


def downgrade() -> None:
    """Drop them."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE texts_index")
    op.drop_table("texts")
    op.drop_table("readers")
    op.drop_index("ix_roots_number", "roots")
    op.drop_column("roots", "derived")
    op.execute("DELETE FROM projections")
