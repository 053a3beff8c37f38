"""The rule of docs/decisions/19-migrations.md as a check: what a revision does to the schema, against what it says that it is.

The check looks at the statements that PostgreSQL is sent while the revision is applied: they are what happens, whether it is
written with Alembic's operations or as SQL.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from sqlalchemy import event

from chassis.core.storage.database import Database
from chassis.core.storage.migrate import CONTRACT, EXPAND, MIGRATE, Migrations, Revision

ADDS, REMOVES, MOVES = "adds", "removes", "moves rows"
ALLOWED = {EXPAND: ADDS, MIGRATE: MOVES, CONTRACT: REMOVES}
NOTHING = re.compile(r"SELECT|SET LOCAL|SHOW|(INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE) alembic_version\b", re.I)
CREATED = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", re.I)
TABLE = re.compile(
    r"ALTER TABLE (?:ONLY )?(\w+)|INSERT INTO (\w+)|UPDATE (\w+)|DELETE FROM (\w+)|CREATE .*? ON (\w+)", re.I | re.S
)
KINDS = (
    (MOVES, re.compile(r"INSERT|UPDATE|DELETE|WITH|MERGE|COPY", re.I)),
    (REMOVES, re.compile(r"DROP|TRUNCATE|CREATE UNIQUE INDEX", re.I)),
    (
        REMOVES,
        re.compile(
            r"ALTER TABLE .*(\bDROP (COLUMN|CONSTRAINT|DEFAULT)|\bSET NOT NULL|\bTYPE\b|\bRENAME\b)", re.I | re.S
        ),
    ),
    (REMOVES, re.compile(r"ALTER TABLE .*\bADD (CONSTRAINT|UNIQUE|CHECK|FOREIGN|PRIMARY)", re.I | re.S)),
    (REMOVES, re.compile(r"ALTER TABLE .*\bADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL", re.I | re.S)),
    (REMOVES, re.compile(r"CREATE (OR REPLACE )?(TRIGGER|RULE|POLICY)", re.I)),
    (ADDS, re.compile(r"CREATE|ALTER|COMMENT", re.I)),
)
"""Kinds of statement, the first that fits; what forbids what was allowed (a constraint, say) counts as removing."""


def kind_of(statement: str, created: Sequence[str] = ()) -> str | None:
    """Return what a statement does: `adds`, `removes`, `moves rows`, or None for what changes nothing.

    `created` are the tables that the same revision has created: no earlier process knows them, so all that is done to them adds.
    """
    if NOTHING.match(statement):
        return None
    place = TABLE.match(statement)
    if place and next(filter(None, place.groups())) in created:
        return ADDS
    return next((kind for kind, pattern in KINDS if pattern.match(statement)), REMOVES)


def faults_of(revision: Revision, statements: Sequence[str]) -> list[str]:
    """Return which statements of a revision are not what its stage allows. One that needs the service stopped may do everything."""
    if revision.stop:
        return []
    faults = []
    if (revision.stage == MIGRATE) != (revision.move is not None):
        faults.append(
            f"{revision.id}: a `migrate` revision, and no other, has a function `move` that moves a batch of rows"
        )
    created: list[str] = []
    for statement in statements:
        kind = kind_of(statement, created)
        created += CREATED.findall(statement)
        if kind not in (None, ALLOWED[revision.stage]):
            faults.append(f"{revision.id} ({revision.stage}) {kind}: {statement}")
    return faults


def statements_of(migrations: Migrations, url: str) -> Iterator[tuple[Revision, list[str]]]:
    """Apply every revision to an empty PostgreSQL database, one after the other; yield each with the statements it sent."""
    with closing(Database(url)) as database:
        for revision in migrations.revisions:
            with _recorded(database) as statements:
                list(migrations.apply(database, target=revision.id))
            yield revision, statements


@contextmanager
def _recorded(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def keep(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(" ".join(statement.split()))

    event.listen(database.engine, "before_cursor_execute", keep)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", keep)
