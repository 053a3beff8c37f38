"""Databases of the upgrade test: as a release left them, expanded, upgraded, or made anew; on SQLite and on PostgreSQL."""

import base64
import importlib
import json
import shutil
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Date, DateTime, MetaData, Table, create_engine, inspect, select, text

from chassis.core import Application
from chassis.core.storage.database import Database
from chassis.core.storage.migrate import CONTRACT, EXPAND, Migrations, of_service
from chassis.testing import Cluster
from chassis.testing.postgresql import USER
from tests.upgrade.play import SERVICES, Player, Sample

Json = dict[str, Any]
Rows = list[tuple[Table, list[Json]]]
RELEASED = Path(__file__).parent / "released"
GATEWAY = "gateway"
NAMES = (*SERVICES, GATEWAY)
DIALECTS = ("sqlite", "postgresql")
VERSIONS = "alembic_version"
SCHEMAS: dict[tuple[str, str], MetaData] = {}
"""The tables of the release as they were read from its databases, by name and dialect."""


sample_of = cache(Sample)


def application_of(service: str) -> Application:
    """Return the application of a service."""
    application: Application = importlib.import_module(f"{service}.app").application
    return application


@cache
def migrations_of(name: str) -> Migrations:
    """Return the migrations of a service or of the gateway."""
    if name == GATEWAY:
        migrations: Migrations = importlib.import_module("gateway.database").MIGRATIONS
        return migrations
    return of_service(name)


class Databases:
    """Makes databases in a folder and on a cluster; `cluster` starts the server when it is first asked for.

    On SQLite each is a copy of a file. On PostgreSQL, where a copy takes long, a few are emptied and filled again; an upgraded
    one keeps its schema and gets its rows back.
    """

    def __init__(self, folder: Path, cluster: Callable[[], Cluster]) -> None:
        self._folder = folder
        self._cluster = cluster
        self._files: dict[tuple[str, str], Path] = {}
        self._free: list[str] = []
        self._lent: list[str] = []
        self._upgraded: dict[str, str] = {}
        self._rows: dict[tuple[str, str], Rows] = {}

    def released(self, name: str, dialect: str) -> str:
        """Return the URL of a database with the schema and the rows of the release."""
        return self._copy("released", name) if dialect == "sqlite" else self._made("released", name, dialect)

    def expanded(self, name: str, dialect: str) -> str:
        """Return the URL of a released database to which those revisions were applied that the released code works beside."""
        return self._copy("expanded", name) if dialect == "sqlite" else self._made("expanded", name, dialect)

    def fresh(self, name: str, dialect: str) -> str:
        """Return the URL of a database made by the migrations alone."""
        return self._copy("fresh", name) if dialect == "sqlite" else self._made("fresh", name, dialect)

    def upgraded(self, name: str, dialect: str) -> str:
        """Return the URL of a released database brought to the newest schema; on PostgreSQL it is one for all who ask, one after the other."""
        return self._copy("upgraded", name) if dialect == "sqlite" else self._refilled("upgraded", name)

    def started(self, service: str, dialect: str) -> str:
        """Return the URL of an upgraded database, likewise, on which the service was started once: its duties are there."""
        return self._copy("started", service) if dialect == "sqlite" else self._refilled("started", service)

    def empty(self, dialect: str) -> str:
        """Return the URL of a database without tables."""
        name = f"database_{uuid.uuid4().hex}"
        if dialect == "sqlite":
            return f"sqlite:///{self._folder / name}.db"
        if self._free:
            url = self._free.pop()
            execute(url, "drop schema public cascade", "create schema public")
        else:
            url = self._url(name)
            execute(self._url("postgres"), f"create database {name}")
        self._lent.append(url)
        return url

    def take_back(self) -> None:
        """Take back what was made on PostgreSQL, to be used again."""
        self._free += self._lent
        self._lent.clear()

    def _copy(self, state: str, name: str) -> str:
        """Return the URL of a copy of an SQLite file, which is made the first time."""
        if (state, name) not in self._files:
            url = self._copy("upgraded", name) if state == "started" else self._made(state, name, "sqlite")
            if state == "started":
                self._start(name, url)
            self._files[state, name] = Path(url.removeprefix("sqlite:///"))
        path = self._folder / f"{state}_{uuid.uuid4().hex}.db"
        shutil.copy(self._files[state, name], path)
        return f"sqlite:///{path}"

    def _refilled(self, state: str, name: str) -> str:
        """Return the URL of the upgraded database on PostgreSQL with the rows of a state, which are made the first time."""
        if name not in self._upgraded:
            self._upgraded[name] = self._made("upgraded", name, "postgresql")
            self._lent.remove(self._upgraded[name])
            self._rows["upgraded", name] = stored_rows(self._upgraded[name])
        url = self._upgraded[name]
        restore(url, self._rows.get((state, name), self._rows["upgraded", name]))
        if (state, name) not in self._rows:
            self._start(name, url)
            self._rows[state, name] = stored_rows(url)
        return url

    def _made(self, state: str, name: str, dialect: str) -> str:
        url = self.empty(dialect)
        if state != "fresh":
            load(url, name, dialect)
        if state != "released":
            with closing(Database(url)) as database:
                list(migrations_of(name).apply(database, EXPAND if state == "expanded" else CONTRACT))
        return url

    def _start(self, service: str, url: str) -> None:
        """Start a service once, which writes its duties: a start that follows finds them there."""
        folder = self._folder / f"started_{uuid.uuid4().hex}"
        folder.mkdir()
        Player(sample_of(service), application_of(service), folder, url).close()

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg2://{USER}@/{name}?host={self._cluster().folder}"


def execute(url: str, *statements: str) -> None:
    """Execute statements outside of transactions."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def statements(*files: str) -> list[str]:
    """Return the statements of files of the release, in order."""
    contents = [(RELEASED / file).read_text(encoding="utf-8") for file in files]
    return [statement for content in contents for statement in content.split(";\n\n") if statement.strip()]


@cache
def released_rows(name: str) -> list[tuple[str, list[str], list[list[Any]]]]:
    """Return the rows of the release by table, `(table, columns, rows)`; a table comes after those that it refers to."""
    tables: list[tuple[str, list[str], list[list[Any]]]] = []
    for line in (RELEASED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        content = json.loads(line)
        if isinstance(content, dict):
            ((table, columns),) = content.items()
            tables.append((table, columns, []))
        else:
            tables[-1][2].append(content)
    return tables


def rows_by_column(name: str, table: str) -> list[Json]:
    """Return the rows of one table of the release as objects."""
    return [
        dict(zip(columns, row, strict=True))
        for each, columns, rows in released_rows(name)
        if each == table
        for row in rows
    ]


def load(url: str, name: str, dialect: str) -> None:
    """Make the schema of the release in an empty database and write its rows."""
    common = [] if name == GATEWAY else [f"chassis.{dialect}.sql"]
    own = f"{name}.{dialect}.sql"
    files = [*common, *([own] if (RELEASED / own).exists() else [])]
    with closing(Database(url)) as database, database.writing() as connection:
        for statement in statements(*files):
            connection.exec_driver_sql(statement)
        if (name, dialect) not in SCHEMAS:
            SCHEMAS[name, dialect] = MetaData()
            SCHEMAS[name, dialect].reflect(connection)
        for table, columns, rows in released_rows(name):
            target = SCHEMAS[name, dialect].tables[table]
            values = [
                {column: _stored(target, column, value) for column, value in zip(columns, row, strict=True)}
                for row in rows
            ]
            connection.execute(target.insert(), values)
            _go_on_counting(connection, target)


def _stored(table: Table, column: str, value: Any) -> Any:
    """Return a value of a fixture as the column takes it."""
    kind = table.columns[column].type
    if isinstance(value, dict) and set(value) == {"base64"}:
        return base64.b64decode(value["base64"])
    if isinstance(value, str) and isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(value, str) and isinstance(kind, Date) else value


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let PostgreSQL count ids on from the highest that is there, or from 1; SQLite does so by itself."""
    for column in table.primary_key.columns:
        if connection.dialect.name == "postgresql" and "nextval" in str(getattr(column.server_default, "arg", "")):
            connection.execute(
                text(
                    f"select setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "
                    f"coalesce(max({column.name}), 0) + 1, false) from {table.name}"
                )
            )


def stored_rows(url: str) -> Rows:
    """Return every row of a database by table, a table after those that it refers to."""
    with closing(Database(url)) as database, database.reading() as connection:
        metadata = MetaData()
        metadata.reflect(connection)
        return [
            (table, [dict(row) for row in connection.execute(select(table)).mappings()])
            for table in metadata.sorted_tables
        ]


def restore(url: str, rows: Rows) -> None:
    """Give a PostgreSQL database exactly these rows. They are few: deleting them is faster than to truncate each table."""
    with closing(Database(url)) as database, database.writing() as connection:
        for table, _ in reversed(rows):
            connection.execute(table.delete())
        for table, stored in rows:
            if stored:
                connection.execute(table.insert(), stored)
            _go_on_counting(connection, table)


def rows_of(rows: Rows, table: str, columns: list[str]) -> list[list[Any]] | None:
    """Return these columns of every row of a table as a fixture writes them, in no order; None where there is no such table."""
    stored = next((stored for each, stored in rows if each.name == table), None)
    return stored if stored is None else [[_plain(row[column]) for column in columns] for row in stored]


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return value.isoformat() if isinstance(value, date | datetime) else value


def schema_of(url: str) -> Json:
    """Return what a database's tables are like: columns, keys, references, indexes and triggers, without the order of columns."""
    with closing(Database(url)) as database, database.reading() as connection:
        present = inspect(connection)
        without_rowid = "select name from pragma_table_list where wr" if database.sqlite else "select null where false"
        triggers = "select name, sql from sqlite_master where type = 'trigger'"
        if not database.sqlite:
            triggers = "select trigger_name, action_statement from information_schema.triggers"
        return {
            "triggers": sorted(tuple(row) for row in connection.exec_driver_sql(triggers)),
            "without_rowid": sorted(connection.exec_driver_sql(without_rowid).scalars()),
            "columns": {
                table: {
                    column["name"]: (str(column["type"]), column["nullable"], column["default"]) for column in columns
                }
                for (_, table), columns in present.get_multi_columns().items()
            },
            "keys": {
                table: key["constrained_columns"] for (_, table), key in present.get_multi_pk_constraint().items()
            },
            "references": {
                table: sorted(
                    (key["constrained_columns"], key["referred_table"], key["referred_columns"]) for key in keys
                )
                for (_, table), keys in present.get_multi_foreign_keys().items()
            },
            "unique": {
                table: sorted(constraint["column_names"] for constraint in constraints)
                for (_, table), constraints in present.get_multi_unique_constraints().items()
            },
            "checks": {
                table: sorted(str(check["sqltext"]) for check in checks)
                for (_, table), checks in present.get_multi_check_constraints().items()
            },
            "indexes": {
                table: {index["name"]: (index["column_names"], index["unique"], _options(index)) for index in indexes}
                for (_, table), indexes in present.get_multi_indexes().items()
            },
        }


def _options(index: Any) -> dict[str, str]:
    """Return the options of an index as text, the clause of a partial one among them."""
    return {key: str(value) for key, value in index.get("dialect_options", {}).items()}


def versions_of(url: str) -> list[str]:
    """Return the revisions that a database says it is at."""
    with closing(Database(url)) as database, database.reading() as connection:
        return sorted(connection.exec_driver_sql(f"select version_num from {VERSIONS}").scalars())
