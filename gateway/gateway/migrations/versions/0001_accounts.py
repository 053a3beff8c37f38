"""Persons, organisations, memberships, deputies and sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
stage = "expand"
stop = False


def upgrade() -> None:
    """Make the five tables."""
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("zh", sa.String(200), nullable=False),
        sa.Column("en", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("area", sa.String(6)),
        sa.Column("offices", sa.JSON, nullable=False),
        sa.Column("parent", sa.String(80)),
        sa.Column("credit_code", sa.String(18)),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sa.ForeignKeyConstraint(["parent"], ["organisations.id"], name="fk_organisations_parent_organisations"),
        sa.UniqueConstraint("credit_code", name="uq_organisations_credit_code"),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("username", sa.String(80), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("certificate", sa.String(40)),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_persons"),
        sa.UniqueConstraint("username", name="uq_persons_username"),
    )
    op.create_table(
        "memberships",
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("organisation", sa.String(80), nullable=False),
        sa.Column("posts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("person", "organisation", name="pk_memberships"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="fk_memberships_person_persons"),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name="fk_memberships_organisation_organisations"
        ),
    )
    op.create_index("ix_memberships_organisation", "memberships", ["organisation"])
    _deputies()
    _sessions()


def _deputies() -> None:
    op.create_table(
        "deputies",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("organisation", sa.String(80), nullable=False),
        sa.Column("post", sa.String(20), nullable=False),
        sa.Column("holder", sa.String(80), nullable=False),
        sa.Column("deputy", sa.String(80), nullable=False),
        sa.Column("begins", sa.Date, nullable=False),
        sa.Column("ends", sa.Date, nullable=False),
        sa.Column("recorded_by", sa.String(80), nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_deputies"),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], name="fk_deputies_organisation_organisations"),
        sa.ForeignKeyConstraint(["holder"], ["persons.id"], name="fk_deputies_holder_persons"),
        sa.ForeignKeyConstraint(["deputy"], ["persons.id"], name="fk_deputies_deputy_persons"),
        sa.ForeignKeyConstraint(["recorded_by"], ["persons.id"], name="fk_deputies_recorded_by_persons"),
    )
    op.create_index("ix_deputies_organisation", "deputies", ["organisation"])
    op.create_index("ix_deputies_deputy", "deputies", ["deputy"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("organisation", sa.String(80), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("begun_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.PrimaryKeyConstraint("token", name="pk_sessions"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="fk_sessions_person_persons"),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], name="fk_sessions_organisation_organisations"),
    )
    op.create_index("ix_sessions_person", "sessions", ["person"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])


def downgrade() -> None:
    """Remove them."""
    for table in ("sessions", "deputies", "memberships", "persons", "organisations"):
        op.drop_table(table)
