"""The moment at which the scheduler looks at a clock next; events that are kept until their turn comes; commands by key, and pruned ones.

To be applied with the service's processes stopped: digests and the keys of commands change their form.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "chassis_0005"
down_revision = "chassis_0004"
branch_labels = None
depends_on = None
stage = "contract"
stop = True

TO_LOOK_AT = sa.text("look_at IS NOT NULL")
HAS_TURN = sa.text("not_before IS NOT NULL")
PROVISIONAL = sa.text("provisional AND state = 'running'")
TWO_DAYS_BEFORE = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%S', due_at, '-2 days') || '.000000Z'",
    "postgresql": """to_char(due_at::timestamp - interval '2 days', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
}
"""Two days before a run's end, as the tables write moments."""


DIGESTS = (("roots", "head_hash"), ("journal", "hash"), ("sealed", "digest"), ("drafts", "digest"))
AS_NOW_STORED = {
    "sqlite": "select command_key(id), from_hex(digest), outcome, cast(strftime('%s', at) as integer) from commands",
    "postgresql": "select substring(sha256(convert_to('command:' || id, 'UTF8')) for 16), decode(digest, 'hex'), outcome, "
    "extract(epoch from at::timestamptz)::bigint from commands",
}
"""The commands with key and digest in bytes and the moment in seconds."""


def upgrade() -> None:
    """Change the tables; what is stored is kept."""
    _look_at()
    _waiting_events()
    _add_functions()
    _commands()
    _digests()


def _look_at() -> None:
    """Add the column and fill it from what was noted of each running clock."""
    op.add_column("clocks", sa.Column("look_at", sa.String(32)))
    reminder = TWO_DAYS_BEFORE[op.get_bind().dialect.name]
    op.execute(
        f"update clocks set look_at = case when reminded then due_at else {reminder} end "
        "where state = 'running' and not lapse_noted"
    )
    op.drop_index("clocks_running", "clocks")
    op.create_index("clocks_look_at", "clocks", ["look_at"], sqlite_where=TO_LOOK_AT, postgresql_where=TO_LOOK_AT)
    op.create_index("clocks_provisional", "clocks", ["due_on"], sqlite_where=PROVISIONAL, postgresql_where=PROVISIONAL)


def _waiting_events() -> None:
    """Create the table, and the mark of subjects that have events in it."""
    op.create_table(
        "waiting_events",
        sa.Column("subject", sa.String(80), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", sa.BigInteger),
        sa.Column("reason", sa.String(300)),
    )
    op.create_index(
        "waiting_events_due", "waiting_events", ["not_before"], sqlite_where=HAS_TURN, postgresql_where=HAS_TURN
    )
    op.add_column("inbox", sa.Column("waiting", sa.Boolean, nullable=False, server_default="0"))


def _commands() -> None:
    """Store commands under the digest of their id, and create the table of those that are pruned."""
    op.create_table(
        "new_commands",
        sa.Column("key", sa.LargeBinary(16), primary_key=True),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.execute(f"insert into new_commands (key, digest, outcome, at) {AS_NOW_STORED[op.get_bind().dialect.name]}")
    op.drop_table("commands")
    op.rename_table("new_commands", "commands")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("alter index new_commands_pkey rename to commands_pkey")
    op.create_table(
        "pruned",
        sa.Column("key", sa.LargeBinary(16), primary_key=True),
        sa.Column("last", sa.Integer),
        sqlite_with_rowid=False,
    )


def _digests() -> None:
    """Store digests as 32 bytes instead of 64 digits, and the sealed values without an index that nothing reads."""
    op.drop_index("ix_sealed_root_id", "sealed")
    if op.get_bind().dialect.name == "postgresql":
        for table, column in DIGESTS:
            op.execute(f"alter table {table} alter column {column} type bytea using decode({column}, 'hex')")
        return
    for table, column in DIGESTS:
        op.execute(f"update {table} set {column} = from_hex({column})")
    op.create_table(
        "new_sealed",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("root_id", sa.String(80), nullable=False),
        sa.Column("mark", sa.String(40), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("box", sa.LargeBinary),
        sqlite_with_rowid=False,
    )
    op.execute("insert into new_sealed select id, root_id, mark, digest, salt, box from sealed")
    op.drop_table("sealed")
    op.rename_table("new_sealed", "sealed")


def _add_functions() -> None:
    """Give SQLite what PostgreSQL has: digests, and bytes from hexadecimal digits."""
    if op.get_bind().dialect.name == "sqlite":
        connection = op.get_bind().connection.driver_connection
        assert connection is not None
        connection.create_function("from_hex", 1, bytes.fromhex)
        connection.create_function("to_hex", 1, bytes.hex)
        connection.create_function("command_key", 1, lambda id: hashlib.sha256(f"command:{id}".encode()).digest()[:16])


def downgrade() -> None:
    """Drop what was added; the indexes are as they were.

    Events that are kept are lost (take them first), and the ids of commands, so that a repeat from before is performed anew.
    """
    _add_functions()
    op.create_index("ix_sealed_root_id", "sealed", ["root_id"])
    for table, column in DIGESTS:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"alter table {table} alter column {column} type varchar(64) using encode({column}, 'hex')")
        else:
            op.execute(f"update {table} set {column} = to_hex({column})")
    op.drop_table("pruned")
    op.drop_table("commands")
    op.create_table(
        "commands",
        sa.Column("id", sa.String(160), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.drop_column("inbox", "waiting")
    op.drop_table("waiting_events")
    op.drop_index("clocks_provisional", "clocks")
    op.drop_index("clocks_look_at", "clocks")
    op.create_index("clocks_running", "clocks", ["state", "due_at"])
    op.drop_column("clocks", "look_at")
