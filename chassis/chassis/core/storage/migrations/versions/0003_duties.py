"""Duties as rows, and how far a projection of the roots has been rebuilt."""

import sqlalchemy as sa
from alembic import op

revision = "chassis_0003"
down_revision = "chassis_0002"
branch_labels = None
depends_on = None
stage = "expand"
stop = False


def upgrade() -> None:
    """Create the tables; the rows are written by the service when it starts (`chassis.core.triggers.rebuild`)."""
    op.create_table(
        "duties",
        sa.Column("root_id", sa.String(80), sa.ForeignKey("roots.id"), primary_key=True),
        sa.Column("holder", sa.String(200), primary_key=True),
        sa.Column("due_at", sa.String(32), nullable=False),
        sa.Column("since", sa.String(32), nullable=False),
        sa.Column("from_at", sa.String(32), nullable=False),
        sa.Column("area", sa.String(12)),
        sa.Column("items", sa.Text, nullable=False),
    )
    op.create_index("duties_holder", "duties", ["holder", "due_at", "since", "root_id"])
    op.create_index("duties_due", "duties", ["due_at"])
    op.create_table(
        "projections",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("stamp", sa.String(64), nullable=False),
        sa.Column("cursor", sa.String(80), nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("projections")
    op.drop_table("duties")
