"""Columns, tables and indexes for the upkeep: when the scheduler looks at a clock next, kept events, keys of pruned rows."""

import sqlalchemy as sa
from alembic import op

revision = "chassis_0005"
down_revision = "chassis_0004"
branch_labels = None
depends_on = None
stage = "expand"
stop = False

TO_LOOK_AT = sa.text("look_at IS NOT NULL")
HAS_TURN = sa.text("not_before IS NOT NULL")
PROVISIONAL = sa.text("provisional AND state = 'running'")


def upgrade() -> None:
    """Add them; `look_at` of the clocks that run is filled by chassis_0007."""
    op.add_column("clocks", sa.Column("look_at", sa.String(32)))
    op.create_index("clocks_look_at", "clocks", ["look_at"], sqlite_where=TO_LOOK_AT, postgresql_where=TO_LOOK_AT)
    op.create_index("clocks_provisional", "clocks", ["due_on"], sqlite_where=PROVISIONAL, postgresql_where=PROVISIONAL)
    op.create_table(
        "waiting_events",
        sa.Column("subject", sa.String(80), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", sa.BigInteger),
        sa.Column("reason", sa.String(300)),
    )
    op.create_index(
        "waiting_events_due", "waiting_events", ["not_before"], sqlite_where=HAS_TURN, postgresql_where=HAS_TURN
    )
    op.add_column("inbox", sa.Column("waiting", sa.Boolean, nullable=False, server_default="0"))
    op.create_table(
        "pruned",
        sa.Column("key", sa.LargeBinary(16), primary_key=True),
        sa.Column("last", sa.Integer),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop what was added. Events that are kept are lost: take them first."""
    op.drop_table("pruned")
    op.drop_column("inbox", "waiting")
    op.drop_table("waiting_events")
    op.drop_index("clocks_provisional", "clocks")
    op.drop_index("clocks_look_at", "clocks")
    op.drop_column("clocks", "look_at")
