"""Every revision of the chassis, the services and the gateway says what it is, and is that."""

import ast
from pathlib import Path

import pytest

from chassis.core.storage.migrate import STAGES
from tests.upgrade.databases import NAMES, Databases, migrations_of
from tests.upgrade.rule import ADDS, MOVES, REMOVES, faults_of, kind_of, statements_of

ROOT = Path(__file__).parents[2]
DECISION = ROOT / "docs" / "decisions" / "19-migrations.md"
FILES = sorted(
    path
    for folder in (
        "chassis/chassis",
        "gateway/gateway",
        *(f"services/{name}/{name}" for name in NAMES if name != "gateway"),
    )
    for path in (ROOT / folder).glob("**/migrations/versions/*.py")
    if path.name != "__init__.py"
)


def assigned(path: Path) -> dict[str, object]:
    """Return the values that a revision module gives to its names."""
    return {
        target.id: node.value.value
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_revision_says_its_stage_and_whether_the_service_must_be_stopped(path: Path) -> None:
    values = assigned(path)
    assert values.get("stage") in STAGES
    assert values.get("stop") in (True, False)


@pytest.mark.parametrize("path", [path for path in FILES if assigned(path).get("stop")], ids=lambda path: path.stem)
def test_a_revision_that_needs_a_stop_says_why_and_is_listed_in_the_decision(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert "stopped" in docstring
    assert f"`{assigned(path)['revision']}`" in DECISION.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_rows_are_moved_in_batches_alone(path: Path) -> None:
    """A `migrate` revision moves rows in `move`, a batch a transaction, and nothing in `upgrade`."""
    if assigned(path).get("stage") == "migrate":
        functions = {node.name: node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}
        assert "move" in functions
        assert all(isinstance(node, ast.Pass | ast.Expr) for node in functions["upgrade"].body)


@pytest.mark.parametrize("name", NAMES)
def test_a_revision_only_adds_only_moves_rows_or_only_removes(databases: Databases, name: str) -> None:
    applied = list(statements_of(migrations_of(name), databases.empty("postgresql")))
    assert [fault for revision, statements in applied for fault in faults_of(revision, statements)] == []
    assert all(any(map(kind_of, statements)) for revision, statements in applied if revision.move is None)


def test_no_revision_is_overlooked(databases: Databases) -> None:
    known = {revision.id for name in NAMES for revision in migrations_of(name).revisions}
    assert known == {assigned(path)["revision"] for path in FILES}


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("CREATE TABLE boxes (id VARCHAR(80) NOT NULL)", ADDS),
        ("CREATE INDEX boxes_size ON boxes (size)", ADDS),
        ("CREATE UNIQUE INDEX boxes_size ON boxes (size)", REMOVES),
        ("ALTER TABLE boxes ADD COLUMN size INTEGER", ADDS),
        ("ALTER TABLE boxes ADD COLUMN size INTEGER DEFAULT '0' NOT NULL", ADDS),
        ("ALTER TABLE boxes ADD COLUMN size INTEGER NOT NULL", REMOVES),
        ("ALTER TABLE boxes ADD CONSTRAINT size_known CHECK (size > 0)", REMOVES),
        ("ALTER TABLE boxes ALTER COLUMN size SET NOT NULL", REMOVES),
        ("ALTER TABLE boxes ALTER COLUMN size TYPE BIGINT", REMOVES),
        ("ALTER TABLE boxes ALTER COLUMN size DROP NOT NULL", ADDS),
        ("ALTER TABLE boxes ALTER COLUMN size DROP DEFAULT", REMOVES),
        ("ALTER TABLE boxes DROP COLUMN size", REMOVES),
        ("ALTER TABLE boxes RENAME COLUMN size TO width", REMOVES),
        ("DROP TABLE boxes", REMOVES),
        ("DROP INDEX boxes_size", REMOVES),
        ("CREATE TRIGGER boxes_changed AFTER UPDATE ON boxes", REMOVES),
        ("UPDATE boxes SET size = 1", MOVES),
        ("INSERT INTO boxes (id) SELECT id FROM crates", MOVES),
        ("DELETE FROM boxes", MOVES),
        ("SELECT count(*) FROM boxes", None),
        ("UPDATE alembic_version SET version_num='chassis_0002'", None),
    ],
)
def test_what_a_statement_does(statement: str, kind: str | None) -> None:
    assert kind_of(statement) == kind
    assert kind_of(statement, ["boxes"]) in (ADDS, kind)
