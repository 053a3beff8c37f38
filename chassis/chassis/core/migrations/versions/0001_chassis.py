"""The chassis's tables: roots, parts, parties, clocks, commands, journal, sealed values, drafts, outbox, inbox, tasks, leases."""

from alembic import op

from chassis.core.tables import metadata

revision = "chassis_0001"
down_revision = None
branch_labels = ("chassis",)
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Drop the tables."""
    metadata.drop_all(op.get_bind())
