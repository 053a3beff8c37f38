"""Number series, foreign alerts seen, and what grouping works on."""

import sqlalchemy as sa
from alembic import op

revision = "intake_0001"
down_revision = None
branch_labels = ("intake",)
depends_on = None
stage = "expand"
stop = False


def upgrade() -> None:
    """Create intake's own tables."""
    op.create_table(
        "number_series",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "foreign_alerts",
        sa.Column("source", sa.String(40), primary_key=True),
        sa.Column("alert_number", sa.String(60), primary_key=True),
        sa.Column("lead", sa.String(80), nullable=False),
        sa.Column("feed", sa.String(80), nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
    )
    op.create_table(
        "lead_features",
        sa.Column("lead", sa.String(80), primary_key=True),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("signal", sa.String(80)),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("features", sa.JSON, nullable=False),
    )
    op.create_index("lead_features_state", "lead_features", ["state", "lead"])
    op.create_table(
        "block_keys",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("lead", sa.String(80), primary_key=True),
    )
    op.create_index("block_keys_lead", "block_keys", ["lead"])
    op.create_table(
        "decided_links",
        sa.Column("first", sa.String(80), primary_key=True),
        sa.Column("second", sa.String(80), primary_key=True),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("signal", sa.String(80), nullable=False),
        sa.Column("decided_on", sa.String(10), nullable=False),
    )


def downgrade() -> None:
    """Drop intake's own tables."""
    for table in ("decided_links", "block_keys", "lead_features", "foreign_alerts", "number_series"):
        op.drop_table(table)
