"""The last numbers move from the service's own table `counters` into the chassis's table `series`, under the same names.

To be applied with the service's processes stopped: the earlier release counts in `counters`, this one in `series`; both at
work side by side would give a number twice.
"""

import sqlalchemy as sa
from alembic import op

revision = "experts_0002"
down_revision = "experts_0001"
branch_labels = None
depends_on = ("chassis_0002",)
stage = "contract"
stop = True

series = sa.table("series", sa.column("name", sa.String), sa.column("last", sa.Integer))
counters = sa.table("counters", sa.column("series", sa.String), sa.column("last", sa.Integer))


def upgrade() -> None:
    """Copy the last number of every series, then drop the old table."""
    op.execute(series.insert().from_select(["name", "last"], sa.select(counters.c.series, counters.c.last)))
    op.drop_table("counters")


def downgrade() -> None:
    """Move the last numbers back into a table of the service's own."""
    op.create_table(
        "counters",
        sa.Column("series", sa.String(40), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.execute(counters.insert().from_select(["series", "last"], sa.select(series.c.name, series.c.last)))
    op.execute(series.delete())
