"""Digests as bytes, commands by key.

To be applied with the service's processes stopped: the earlier release writes and compares digests and ids of commands as text;
both forms in one column would break the chains.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "chassis_0006"
down_revision = "chassis_0005"
branch_labels = None
depends_on = None
stage = "contract"
stop = True

DIGESTS = (("roots", "head_hash"), ("journal", "hash"), ("sealed", "digest"), ("drafts", "digest"))
AS_NOW_STORED = {
    "sqlite": "select command_key(id), from_hex(digest), outcome, cast(strftime('%s', at) as integer) from commands",
    "postgresql": "select substring(sha256(convert_to('command:' || id, 'UTF8')) for 16), decode(digest, 'hex'), outcome, "
    "extract(epoch from at::timestamptz)::bigint from commands",
}
"""The commands with key and digest in bytes and the moment in seconds."""


def upgrade() -> None:
    """Change the form; what is stored is kept."""
    _add_functions()
    _commands()
    _digests()


def _commands() -> None:
    """Store commands under the digest of their id."""
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
    """Store digests as text again. The ids of commands are lost, so that a repeat from before is performed anew."""
    _add_functions()
    op.create_index("ix_sealed_root_id", "sealed", ["root_id"])
    for table, column in DIGESTS:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"alter table {table} alter column {column} type varchar(64) using encode({column}, 'hex')")
        else:
            op.execute(f"update {table} set {column} = to_hex({column})")
    op.drop_table("commands")
    op.create_table(
        "commands",
        sa.Column("id", sa.String(160), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
