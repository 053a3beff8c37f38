"""The service's own tables: number series, numbers, service addresses in force, publications by recall."""

import sqlalchemy as sa
from alembic import op

revision = "notify_0001"
down_revision = None
branch_labels = ("notify",)
depends_on = ("chassis_0001",)
stage = "expand"
stop = False


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "number_series",
        sa.Column("issuer", sa.String(80), primary_key=True),
        sa.Column("code", sa.String(40), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "numbers",
        sa.Column("issuer", sa.String(80), primary_key=True),
        sa.Column("code", sa.String(40), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("value", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("document", sa.String(80), nullable=False),
        sa.Column("void_reasons", sa.Text),
        sa.UniqueConstraint("document", name="numbers_document"),
    )
    op.create_table(
        "service_addresses",
        sa.Column("organisation", sa.String(80), primary_key=True),
        sa.Column("root_id", sa.String(80), nullable=False, unique=True),
        sa.Column("confirmed_on", sa.String(10), nullable=False),
    )
    op.create_table(
        "publications",
        sa.Column("recall", sa.String(80), primary_key=True),
        sa.Column("root_id", sa.String(80), nullable=False, unique=True),
        sa.Column("on_show", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("publications", "service_addresses", "numbers", "number_series"):
        op.drop_table(table)
