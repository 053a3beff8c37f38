"""The moment at which the scheduler looks at a clock next; events that are kept until their turn comes."""

import sqlalchemy as sa
from alembic import op

revision = "chassis_0005"
down_revision = "chassis_0003"
branch_labels = None
depends_on = None

TO_LOOK_AT = sa.text("look_at IS NOT NULL")
HAS_TURN = sa.text("not_before IS NOT NULL")
PROVISIONAL = sa.text("provisional AND state = 'running'")
TWO_DAYS_BEFORE = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%S', due_at, '-2 days') || '.000000Z'",
    "postgresql": """to_char(due_at::timestamp - interval '2 days', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
}
"""Two days before a run's end, as the tables write moments."""


def upgrade() -> None:
    """Change the tables; what is stored is kept."""
    _look_at()
    _waiting_events()


def _look_at() -> None:
    """Add the column and fill it from what was noted of each running clock."""
    op.add_column("clocks", sa.Column("look_at", sa.String(32)))
    reminder = TWO_DAYS_BEFORE[op.get_bind().dialect.name]
    op.execute(
        f"update clocks set look_at = case when reminded then due_at else {reminder} end "
        "where state = 'running' and not lapse_noted"
    )
    op.drop_index("clocks_running", "clocks")
    op.create_index("clocks_look_at", "clocks", ["look_at"], sqlite_where=TO_LOOK_AT, postgresql_where=TO_LOOK_AT)
    op.create_index("clocks_provisional", "clocks", ["due_on"], sqlite_where=PROVISIONAL, postgresql_where=PROVISIONAL)


def _waiting_events() -> None:
    """Create the table, and the mark of subjects that have events in it."""
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


def downgrade() -> None:
    """Drop what was added; the indexes are as they were. Events that are kept are lost: take them first."""
    op.drop_column("inbox", "waiting")
    op.drop_table("waiting_events")
    op.drop_index("clocks_provisional", "clocks")
    op.drop_index("clocks_look_at", "clocks")
    op.create_index("clocks_running", "clocks", ["state", "due_at"])
    op.drop_column("clocks", "look_at")
