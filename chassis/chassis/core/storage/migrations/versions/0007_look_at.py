"""The moment at which the scheduler looks next at each clock that runs.

After chassis_0006, which leaves no process of the earlier release at work: such a process would stop or extend a clock and leave
its `look_at` as it was.
"""

import sqlalchemy as sa

revision = "chassis_0007"
down_revision = "chassis_0006"
branch_labels = None
depends_on = None
stage = "migrate"
stop = False

AT_ONCE = 1000
TWO_DAYS_BEFORE = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%S', due_at, '-2 days') || '.000000Z'",
    "postgresql": """to_char(due_at::timestamp - interval '2 days', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
}
"""Two days before a clock's end, as the tables write moments."""


def move(connection: sa.Connection) -> int:
    """Fill `look_at` of some running clocks from what was noted of each: the reminder, else the lapse is next.

    It is never left empty, or the run would not end: SQLite gives NULL for a moment that it cannot read.
    """
    reminder = TWO_DAYS_BEFORE[connection.dialect.name]
    unfilled = f"select id from clocks where state = 'running' and not lapse_noted and look_at is null limit {AT_ONCE}"
    statement = sa.text(
        f"update clocks set look_at = case when reminded then due_at else coalesce({reminder}, due_at) end "
        f"where id in ({unfilled})"
    )
    return connection.execute(statement).rowcount


def upgrade() -> None:
    """Nothing but the rows changes."""


def downgrade() -> None:
    """The column goes with chassis_0005."""
