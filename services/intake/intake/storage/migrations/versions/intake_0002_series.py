"""The last numbers move from intake's own table into the chassis's table `series`, under the names `<kind>/<year>`.

To be applied with the service's processes stopped: the earlier release counts in `number_series`, this one in `series`; both
at work side by side would give a number twice.
"""

import sqlalchemy as sa
from alembic import op

revision = "intake_0002"
down_revision = "intake_0001"
branch_labels = None
depends_on = ("chassis_0002",)
stage = "contract"
stop = True

series = sa.table("series", sa.column("name", sa.String), sa.column("last", sa.Integer))
number_series = sa.table(
    "number_series", sa.column("kind", sa.String), sa.column("year", sa.Integer), sa.column("last", sa.Integer)
)


def upgrade() -> None:
    """Copy the last number of every series, then drop the old table."""
    old = number_series.c
    name = old.kind + "/" + sa.cast(old.year, sa.String)
    op.execute(series.insert().from_select(["name", "last"], sa.select(name, old.last)))
    op.drop_table("number_series")


def downgrade() -> None:
    """Move the last numbers back into a table of intake's own."""
    op.create_table(
        "number_series",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
    )
    connection = op.get_bind()
    for name, last in connection.execute(sa.select(series.c.name, series.c.last)).all():
        kind, year = name.split("/")
        connection.execute(number_series.insert().values(kind=kind, year=int(year), last=last))
    connection.execute(series.delete())
