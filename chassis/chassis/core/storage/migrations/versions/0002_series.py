"""Number series: one table for every series of a service."""

import sqlalchemy as sa
from alembic import op

revision = "chassis_0002"
down_revision = "chassis_0001"
branch_labels = None
depends_on = None
stage = "expand"
stop = False


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "series",
        sa.Column("name", sa.String(120), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("series")
