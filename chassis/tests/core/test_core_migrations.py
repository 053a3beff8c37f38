"""Migrations of the chassis's tables: what an earlier release stored is read, looked at and repeated as before."""

import json
import uuid

import pytest
from boxes.app import application
from sqlalchemy import create_engine, inspect, select, text

from chassis.core.acts.command import Command
from chassis.core.storage import tables
from chassis.core.storage.migrate import upgrade
from chassis.core.trust.tokens import PUBLIC
from chassis.testing import Stage

RELEASED = "chassis_0004"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/released.db"
    cluster, name = request.getfixturevalue("postgresql"), f"db_{uuid.uuid4().hex}"
    with cluster._server.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    return cluster._url(name)


def opened_on(url, folder):
    from boxes.people import PEOPLE, SETTINGS

    folder.mkdir()
    return Stage(application, folder, PEOPLE, url=url, settings=SETTINGS)


def copied(stage, url, leave_out):
    """Put the rows of a stage into a database of the released form; returns what was copied of clocks."""
    engine = create_engine(url)
    with stage.office.database.reading() as source, engine.begin() as target:
        for table in (tables.roots, tables.parties, tables.clocks, tables.journal, tables.inbox):
            for row in source.execute(select(table)).mappings():
                values = {key: value for key, value in row.items() if key not in leave_out}
                values = {key: json.dumps(v) if isinstance(v, dict) else v for key, v in values.items()}
                names = ", ".join(values)
                target.execute(text(f"insert into {table.name} ({names}) values (:{', :'.join(values)})"), values)
    return engine


def test_what_the_release_before_stored_survives_the_migration(stage, tmp_path, url):
    keep = stage.act("keeper", "box", "keep", {"label": "甲"}, command="command-1")
    box = keep["root"]
    stage.act("keeper", "box", "ask", {"days": 1})
    stage.office.lapse()
    stage.act("keeper", "box", "lend", {"ends_on": "2026-09-01"})
    stage.act("keeper", "box", "seal", {"sealed_on": "2026-06-01"})
    stage.office.lapse()
    stage.event("post.stamp-printed.v1", {}, subject="letter_1")
    with stage.office.database.reading() as connection:
        clocks = tables.clocks
        before = dict(connection.execute(select(clocks.c.name, clocks.c.look_at)).all())
    assert before["protest"] is None and before["answer"].startswith("2026-07-07T16")

    upgrade("boxes", url, RELEASED)
    engine = copied(stage, url, {"look_at", "waiting"})
    command = Command("p_keeper:command-1", "box", "keep", PUBLIC, {"label": "甲"})
    kept = {key: keep[key] for key in ("root", "seq", "title", "dossier", "state", "version", "act", "clause")}
    row = {"id": command.id, "digest": command.digest(), "outcome": json.dumps(kept | {"regime": "boxes"})}
    with engine.begin() as connection:
        statement = "insert into commands (id, digest, outcome, at) values (:id, :digest, :outcome, :at)"
        connection.execute(text(statement), {**row, "at": "2026-07-06T02:00:00.000000Z"})
    engine.dispose()

    upgrade("boxes", url)
    migrated = opened_on(url, tmp_path / "migrated")
    try:
        with migrated.office.database.reading() as connection:
            assert dict(connection.execute(select(clocks.c.name, clocks.c.look_at)).all()) == before
            assert connection.execute(select(tables.commands.c.at)).scalars().all() == [1783303200]
        assert migrated.office.lapse() == 0
        request = migrated.request("keeper", "box", "keep", {"label": "甲"}, command="command-1")
        assert migrated.office.perform(request) == keep | {"repeat": True}
        assert migrated.office.verify(box) == []
        assert migrated.act("keeper", "box", "note", {"words": "一"}, root=box)["version"] == 5
        assert migrated.event("post.stamp-printed.v1", {}, subject="letter_1", sequence=1) == "repeat"
        assert migrated.event("post.stamp-printed.v1", {}, subject="letter_1", sequence=2) == "taken"
    finally:
        migrated.close()


def test_the_migrations_make_the_tables_that_the_program_knows(either):
    inspector = inspect(either.office.database.engine)
    for table in tables.metadata.sorted_tables:
        columns = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}, table.name
        indexes = {index["name"]: index["column_names"] for index in inspector.get_indexes(table.name)}
        if table is tables.texts:  # its index is of the database's own kind: FTS5, or GIN
            continue
        assert indexes == {index.name: [column.name for column in index.columns] for index in table.indexes}, table.name
