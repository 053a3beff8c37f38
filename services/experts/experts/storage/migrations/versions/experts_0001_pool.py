"""The pool as the draw asks it: profiles with fields and relations, sittings, counters."""

import sqlalchemy as sa
from alembic import op

revision = "experts_0001"
down_revision = None
branch_labels = ("experts",)
depends_on = None
stage = "expand"
stop = False


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "profiles",
        sa.Column("expert_id", sa.String(80), primary_key=True),
        sa.Column("person", sa.String(80), nullable=False, index=True),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False, index=True),
        sa.Column("term_from", sa.String(10)),
        sa.Column("term_until", sa.String(10)),
    )
    op.create_table(
        "profile_fields",
        sa.Column("expert_id", sa.String(80), sa.ForeignKey("profiles.expert_id"), primary_key=True),
        sa.Column("field", sa.String(40), primary_key=True),
    )
    op.create_table(
        "relations",
        sa.Column("expert_id", sa.String(80), sa.ForeignKey("profiles.expert_id"), primary_key=True),
        sa.Column("code", sa.String(18), primary_key=True),
    )
    op.create_table(
        "sittings",
        sa.Column("seat_id", sa.String(80), primary_key=True),
        sa.Column("expert_id", sa.String(80), sa.ForeignKey("profiles.expert_id"), nullable=False),
        sa.Column("panel_id", sa.String(80), nullable=False),
        sa.Column("dossier", sa.String(80), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
    )
    op.create_index("sittings_dossier", "sittings", ["dossier"])
    op.create_table(
        "counters",
        sa.Column("series", sa.String(40), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("counters", "sittings", "relations", "profile_fields", "profiles"):
        op.drop_table(table)
