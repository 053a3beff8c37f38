"""Applying revisions: in order and in stages, moved rows in batches, alone, without losing what refers to a table; and the command."""

import base64
import textwrap
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from chassis import cli
from chassis.core.errors import ConfigurationFault
from chassis.core.storage import migrate
from chassis.core.storage.database import Database
from chassis.core.storage.migrate import Migrations, Revision
from tests.upgrade.databases import DIALECTS, Databases, migrations_of
from tests.upgrade.rule import faults_of, statements_of

CHASSIS = Path(migrate.__file__).parent / "migrations"
BATCH = 2
ADD = """
    stage = "expand"
    stop = False

    def upgrade():
        op.create_table("crates", sa.Column("id", sa.Integer, primary_key=True), sa.Column("box", sa.String(80)))
        op.execute("insert into crates select 1, 'a' union select 2, 'b' union select 3, 'c'")
        op.create_table("boxes", sa.Column("name", sa.String(80), primary_key=True))
"""
MOVE = """
    stage = "migrate"
    stop = False
    BROKEN = []

    def move(connection):
        rows = sa.text("select box from crates where box not in (select name from boxes) order by id limit 2")
        names = list(connection.execute(rows).scalars())
        for name in names:
            connection.execute(sa.text("insert into boxes (name) values (:name)"), {"name": name})
        if len(names) < 2 and BROKEN:
            raise ConnectionError(BROKEN.pop())
        return len(names)

    def upgrade():
        pass
"""
REMOVE = """
    stage = "contract"
    stop = False

    def upgrade():
        op.drop_table("crates")
"""


def written(folder: Path, *bodies: str) -> Migrations:
    """Return migrations of the chassis's branch and of a sample's, whose modules have these bodies."""
    for number, body in enumerate(bodies, 1):
        head = f'''
            """Sample {number}."""
            import sqlalchemy as sa
            from alembic import op
            revision = "sample_{number}"
            down_revision = {f"sample_{number - 1}" if number > 1 else None!r}
            branch_labels = {("sample",) if number == 1 else None!r}
            depends_on = {("chassis_0001",) if number == 1 else None!r}
        '''
        text = textwrap.dedent(head) + textwrap.dedent(body)
        (folder / f"sample_{number}.py").write_text(text, encoding="utf-8")
    return Migrations(CHASSIS, CHASSIS / "versions", folder)


@contextmanager
def at_the_chassis(databases: Databases, dialect: str) -> Iterator[Database]:
    """A database of the release that says it is at the chassis's first revision and knows no service's."""
    with closing(Database(databases.released("recall", dialect))) as opened:
        with opened.writing() as connection:
            connection.exec_driver_sql("update alembic_version set version_num = 'chassis_0001'")
        yield opened


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    with at_the_chassis(databases, request.param) as opened:
        yield opened


def names(database: Database) -> list[str]:
    with database.reading() as connection:
        return sorted(connection.exec_driver_sql("select name from boxes").scalars())


def own(revisions: Iterable[Revision]) -> list[Revision]:
    """Return the sample's revisions; the chassis's, whatever they are, are applied among them."""
    return [revision for revision in revisions if revision.id.startswith("sample")]


def ids(revisions: Iterable[Revision]) -> list[str]:
    return [revision.id for revision in revisions]


def test_each_stage_applies_what_belongs_to_it(database: Database, tmp_path: Path) -> None:
    migrations = written(tmp_path, ADD, MOVE, REMOVE)
    assert (ids(own(migrations.apply(database, "expand"))), names(database)) == (["sample_1"], [])
    assert ids(own(migrations.plan(database, "migrate"))) == ["sample_2"]
    assert ids(own(migrations.apply(database, "migrate"))) == ["sample_2"]
    assert names(database) == ["a", "b", "c"]
    assert ids(own(migrations.apply(database))) == ["sample_3"]
    assert list(migrations.apply(database)) == []


def test_a_stop_or_what_needs_one_waits_for_the_whole_run(database: Database, tmp_path: Path) -> None:
    migrations = written(tmp_path, ADD.replace("stop = False", "stop = True"), MOVE)
    assert own(migrations.apply(database, "migrate")) == []
    assert [str(revision) for revision in own(migrations.plan(database))] == [
        "sample_1 (expand, with the service stopped): Sample 1.",
        "sample_2 (migrate): Sample 2.",
    ]


def test_a_revision_that_says_nothing_is_taken_for_the_most_careful(database: Database, tmp_path: Path) -> None:
    migrations = written(tmp_path, "def upgrade(): pass")
    (revision,) = own(migrations.revisions)
    assert (revision.stage, revision.stop) == ("contract", True)


def test_rows_that_were_moved_before_a_break_stay_moved(database: Database, tmp_path: Path) -> None:
    migrations = written(tmp_path, ADD, MOVE.replace("BROKEN = []", "BROKEN = ['broken off']"))
    with pytest.raises(ConnectionError):
        list(migrations.apply(database))
    assert names(database) == ["a", "b"]
    assert ids(own(migrations.apply(database))) == ["sample_2"]
    assert names(database) == ["a", "b", "c"]


def test_runs_at_the_same_time_wait_for_each_other(database: Database, tmp_path: Path) -> None:
    written(tmp_path, ADD, MOVE, REMOVE)

    def run(_: int) -> list[str]:
        migrations = Migrations(CHASSIS, CHASSIS / "versions", tmp_path)
        with closing(Database(database.url.render_as_string(hide_password=False))) as opened:
            return ids(migrations.apply(opened))

    migrate_one = Migrations(CHASSIS, CHASSIS / "versions", tmp_path)
    expected = ids(migrate_one.plan(database))
    with ThreadPoolExecutor(3) as pool:
        applied = [revision for part in pool.map(run, range(3)) for revision in part]
    assert sorted(applied) == sorted(expected)
    assert names(database) == ["a", "b", "c"]


def test_a_table_that_others_refer_to_can_be_changed(database: Database, tmp_path: Path) -> None:
    """SQLite copies the table, drops it and renames the copy; what refers to its rows must stay."""
    body = """
        stage = "contract"
        stop = False

        def upgrade():
            with op.batch_alter_table("roots") as table:
                table.alter_column("title", existing_type=sa.String(300), type_=sa.String(400), existing_nullable=False)
    """
    count = "select count(*) from parts join roots on roots.id = parts.root_id"
    with database.reading() as connection:
        before = connection.exec_driver_sql(count).scalar_one()
    list(written(tmp_path, body).apply(database))
    with database.reading() as connection:
        assert connection.exec_driver_sql(count).scalar_one() == before > 0


def test_rows_that_refer_to_nothing_are_not_left_behind(databases: Databases, tmp_path: Path) -> None:
    body = "def upgrade(): op.execute('delete from roots')"
    with at_the_chassis(databases, "sqlite") as database:
        with pytest.raises(ConfigurationFault, match="refers to no row of roots"):
            list(written(tmp_path, body).apply(database))
        with database.reading() as connection:
            assert connection.exec_driver_sql("select count(*) from roots").scalar_one() > 0


def test_a_change_does_not_hold_everybody_up_behind_one_long_transaction(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 0.2)
    body = "stage = 'expand'\nstop = False\ndef upgrade(): op.add_column('roots', sa.Column('size', sa.Integer))"
    migrations = written(tmp_path, body)
    with at_the_chassis(databases, "postgresql") as database:
        with database.reading() as reader:
            reader.exec_driver_sql("select count(*) from roots")
            with pytest.raises(OperationalError, match="lock timeout"):
                list(migrations.apply(database))
        assert ids(own(migrations.apply(database))) == ["sample_1"]


def test_a_database_of_a_later_release_is_refused(database: Database, tmp_path: Path) -> None:
    list(written(tmp_path, ADD).apply(database))
    with pytest.raises(ConfigurationFault, match="sample_1"):
        migrations_of("recall").plan(database)


@pytest.mark.parametrize(
    ("bodies", "faulty"),
    [
        ((ADD, MOVE, REMOVE), None),
        ((ADD, MOVE.replace("pass", "op.drop_table('crates')")), "DROP TABLE crates"),
        ((ADD, MOVE.replace("move(", "moved(")), "has a function `move`"),
        (
            (ADD, ADD.replace("crates", "chests").replace("boxes", "bins") + "        op.drop_table('crates')"),
            "DROP TABLE crates",
        ),
        ((ADD, REMOVE + "        op.create_table('bins', sa.Column('id', sa.Integer))"), "CREATE TABLE bins"),
        ((ADD, REMOVE.replace("False", "True") + "        op.create_table('bins', sa.Column('id', sa.Integer))"), None),
    ],
)
def test_a_revision_that_is_not_what_it_says_is_found(
    databases: Databases, tmp_path: Path, bodies: tuple[str, ...], faulty: str | None
) -> None:
    applied = statements_of(written(tmp_path, *bodies), databases.empty("postgresql"))
    faults = [fault for revision, statements in applied for fault in faults_of(revision, statements)]
    assert (faulty is None) == (faults == [])
    assert all(faulty and faulty.lower() in fault.lower() for fault in faults)


@pytest.fixture
def intake(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of intake on a released database."""
    for name in ("TOKEN_PUBLIC_KEY", "SEAL_KEY"):
        (tmp_path / name).write_bytes(base64.b64encode(b"s" * 32))
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("DATABASE_URL", databases.released("intake", "sqlite"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Run `python -m intake migrate …`; return what it printed."""
    with pytest.raises(SystemExit) as ended:
        cli.main("intake", ["migrate", *arguments])
    assert ended.value.code == 0
    return capsys.readouterr().out.splitlines()


def test_the_command_says_what_it_applies_and_whether_the_service_must_be_stopped(
    intake: None, capsys: pytest.CaptureFixture[str]
) -> None:
    series = "intake_0002 (contract, with the service stopped): The last numbers move from intake's own table"
    stops = {revision.id for revision in migrations_of("intake").revisions if revision.stop}
    planned = run(capsys, "--plan")
    reason, _, named = planned[0].partition(", because of ")
    assert reason == "intake: no process of the service may run meanwhile"
    assert set(named.split(", ")) == stops > {"intake_0002"}
    assert any(line.startswith(f"intake: to apply: {series}") for line in planned)
    expanded = run(capsys, "--stage", "expand")
    assert "intake: applied chassis_0002" in expanded
    assert any(line.startswith(f"intake: left for later: {series}") for line in expanded)
    assert not any("may run meanwhile" in line for line in expanded)
    assert "intake: applied intake_0002" in run(capsys)
    assert run(capsys) == []


def test_a_new_database_needs_no_stop(
    intake: None, databases: Databases, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", databases.empty("sqlite"))
    assert not any("stopped" in line or "meanwhile" in line for line in run(capsys))
