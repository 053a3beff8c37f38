"""The last numbers move from notify's own table into the chassis's table `series`, under the names `<issuer>/<code>/<year>`.

To be applied with the service's processes stopped: the earlier release counts in `number_series`, this one in `series`; both
at work side by side would give a number twice.
"""

import sqlalchemy as sa
from alembic import op

revision = "notify_0002"
down_revision = "notify_0001"
branch_labels = None
depends_on = ("chassis_0002",)
stage = "contract"
stop = True

series = sa.table("series", sa.column("name", sa.String), sa.column("last", sa.Integer))
number_series = sa.table(
    "number_series",
    sa.column("issuer", sa.String),
    sa.column("code", sa.String),
    sa.column("year", sa.Integer),
    sa.column("last", sa.Integer),
)


def upgrade() -> None:
    """Copy the last number of every series, then drop the old table."""
    old = number_series.c
    name = old.issuer + "/" + old.code + "/" + sa.cast(old.year, sa.String)
    op.execute(series.insert().from_select(["name", "last"], sa.select(name, old.last)))
    op.drop_table("number_series")


def downgrade() -> None:
    """Move the last numbers back into a table of notify's own."""
    op.create_table(
        "number_series",
        sa.Column("issuer", sa.String(80), primary_key=True),
        sa.Column("code", sa.String(40), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    connection = op.get_bind()
    for name, last in connection.execute(sa.select(series.c.name, series.c.last)).all():
        issuer, code, year = name.split("/")
        row = {"issuer": issuer, "code": code, "year": int(year), "last": last}
        connection.execute(number_series.insert().values(row))
    connection.execute(series.delete())
