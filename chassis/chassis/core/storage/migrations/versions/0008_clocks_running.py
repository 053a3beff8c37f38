"""The index of running clocks by their end, which nothing reads since the scheduler goes by `look_at`."""

from alembic import op

revision = "chassis_0008"
down_revision = "chassis_0007"
branch_labels = None
depends_on = None
stage = "contract"
stop = False


def upgrade() -> None:
    """Drop the index."""
    op.drop_index("clocks_running", "clocks")


def downgrade() -> None:
    """Create the index again."""
    op.create_index("clocks_running", "clocks", ["state", "due_at"])
