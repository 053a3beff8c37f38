"""The recall service's own table: which recall belongs to which case."""

import sqlalchemy as sa
from alembic import op

revision = "recall_0001"
down_revision = None
branch_labels = ("recall",)
depends_on = "chassis_0001"
stage = "expand"
stop = False


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "recall_cases",
        sa.Column("recall_id", sa.String(80), primary_key=True),
        sa.Column("case_id", sa.String(80), nullable=False, index=True),
        sa.Column("basis", sa.String(20), nullable=False),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("recall_cases")
