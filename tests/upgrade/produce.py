"""Writes the fixtures of the upgrade test from the code of a release: its schema on both databases, and sample rows.

To be run with the code of that release, checked out in a folder with an environment of its own:

    cd <release> && .venv/bin/python <here>/tests/upgrade/produce.py <here>/tests/upgrade/released

For each service and the gateway it writes `<name>.sqlite.sql` and `<name>.postgresql.sql` (the statements by which the release
makes its schema), `<name>.jsonl` (a row a line, after a line with its table and columns) and `<name>.json` (what the test asks
for: the requests that were made, everybody's duties). What every service's schema has is in `chassis.<dialect>.sql`.
"""

import base64
import importlib
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, MetaData, create_engine, event, make_url, select

sys.path.append(str(Path(__file__).parents[2]))
from chassis.testing import private_postgresql
from tests.upgrade.play import SERVICES, Player, Sample, duties_of

VERSIONS = "alembic_version"
WITHOUT_OWN_TABLES = "investigation"
"""The service whose schema is the chassis's alone."""
SESSION_TOKEN = "session-of-the-upgrade-test"


@contextmanager
def recorded() -> Iterator[list[str]]:
    """Collect the statements that change a schema, with the versions that are written, while the block runs."""
    statements: list[str] = []

    def keep(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        text = statement.strip().partition(" RETURNING ")[0]
        if text.startswith(("CREATE", "ALTER", "DROP", f"INSERT INTO {VERSIONS}", f"UPDATE {VERSIONS}")):
            statements.append(text)

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", keep)


def rows(engine: Engine) -> Iterator[Any]:
    """Yield `{table: columns}` and then the rows, by their primary key; a table comes after those that it refers to."""
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            stored = connection.execute(select(table).order_by(*table.primary_key.columns)).all()
            if stored and table.name != VERSIONS:
                yield {table.name: [column.name for column in table.columns]}
                yield from ([plain(value) for value in row] for row in stored)


def plain(value: Any) -> Any:
    """Return a value as JSON has it: bytes as `{"base64": …}`, moments and dates as text."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return value.isoformat() if isinstance(value, date | datetime) else value


def write_schema(folder: Path, name: str, dialect: str, statements: list[str]) -> None:
    """Write the statements; those of a service without those that the chassis's file has."""
    common = folder / f"chassis.{dialect}.sql"
    if common.exists() and name in SERVICES:
        shared = statements_of(common)
        statements = [statement for statement in statements if statement not in shared]
    statements.sort(key=_place)
    path = common if name == WITHOUT_OWN_TABLES else folder / f"{name}.{dialect}.sql"
    path.write_text("".join(f"{statement};\n\n" for statement in statements), encoding="utf-8")


def _place(statement: str) -> tuple[int, str]:
    """Order statements always in the same way: tables as they were created, then indexes by name, then versions."""
    if statement.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX")):
        return 1, statement
    return (2 if VERSIONS in statement and not statement.startswith("CREATE") else 0), ""


def statements_of(path: Path) -> list[str]:
    """Return the statements of a file that `write_schema` wrote."""
    return [text for text in path.read_text(encoding="utf-8").split(";\n\n") if text]


def write_rows(folder: Path, name: str, engine: Engine) -> None:
    """Write every row of a database."""
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows(engine)]
    (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_facts(folder: Path, name: str, facts: dict[str, Any]) -> None:
    """Write what the test asks for, an entry of a list or of an object a line."""
    written = []
    for key, value in facts.items():
        text = json.dumps(value, ensure_ascii=False)
        if isinstance(value, dict):
            entries = ",\n".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in value.items())
            text = f"{{\n{entries}\n}}"
        elif isinstance(value, list):
            text = "[\n" + ",\n".join(json.dumps(each, ensure_ascii=False) for each in value) + "\n]"
        written.append(f"{json.dumps(key)}: {text}")
    (folder / f"{name}.json").write_text("{\n" + ",\n".join(written) + "\n}\n", encoding="utf-8")


def service(folder: Path, name: str, cluster: Any) -> None:
    """Write the fixtures of one service."""
    sample, application = Sample(name), importlib.import_module(f"{name}.app").application
    with recorded() as statements, cluster.lent(application):
        write_schema(folder, name, "postgresql", statements)
    with tempfile.TemporaryDirectory() as scratch, recorded() as statements:
        player = Player(sample, application, Path(scratch))
        write_schema(folder, name, "sqlite", statements)
        player.play(sample.play)
        duties = {who: duties_of(player, who) for who in sample.people}
        write_rows(folder, name, player.office.database.engine)
        facts = {"day": player.day, "last": player.last, "remembered": player.remembered}
        write_facts(folder, name, {**facts, "duties": duties, "requests": player.requests})
        player.close()


def gateway(folder: Path, url: str) -> None:
    """Write the fixtures of the gateway; `url` is an empty PostgreSQL database."""
    database = importlib.import_module("gateway.database")
    with tempfile.TemporaryDirectory() as scratch:
        for dialect, address in (("postgresql", url), ("sqlite", f"sqlite:///{scratch}/gateway.db")):
            opened = database.open_database(address)
            with recorded() as statements:
                database.migrate(opened)
            write_schema(folder, "gateway", dialect, statements)
            if dialect == "sqlite":
                people_of_the_gateway(opened)
                write_rows(folder, "gateway", opened.engine)
            opened.close()


def people_of_the_gateway(opened: Any) -> None:
    """Load the sample province with a deputy, a session and one that has ended."""
    accounts, identity, loader = (
        importlib.import_module(f"gateway.{name}") for name in ("accounts", "identity", "sample.loader")
    )
    loader.load(SimpleNamespace(production=False), opened)
    noon, people = datetime(2026, 4, 10, 4, tzinfo=UTC), accounts.Accounts(opened)
    head, deputy = "person_recall_head", "person_recall_handler2"
    people.record_deputy(
        accounts.new_deputyship(
            "org_210000-recall", "head", head, deputy, date(2026, 4, 1), date(2026, 4, 30), head, noon
        )
    )
    who = identity.Identity(opened, people, SimpleNamespace(now=lambda: noon), lambda: noon)
    for token, username in ((SESSION_TOKEN, "recall.handler2"), (f"{SESSION_TOKEN}-ended", "maker")):
        with patch("gateway.identity.secrets.token_urlsafe", return_value=token):
            who.sign_in(username, loader.PASSWORD)
    who.sign_out(f"{SESSION_TOKEN}-ended")


def empty_database(cluster: Any) -> str:
    """Return the URL of a database without tables on a cluster."""
    with cluster.lent(importlib.import_module(f"{WITHOUT_OWN_TABLES}.app").application) as url:
        server = create_engine(url, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.exec_driver_sql("create database without_tables")
        server.dispose()
        return make_url(url).set(database="without_tables").render_as_string(hide_password=False)


def main(folder: Path) -> None:
    """Write all fixtures into a folder, which is emptied."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.suffix in (".sql", ".json", ".jsonl"):
            path.unlink()
    with private_postgresql() as cluster:
        for name in (WITHOUT_OWN_TABLES, *(each for each in SERVICES if each != WITHOUT_OWN_TABLES)):
            service(folder, name, cluster)
        gateway(folder, empty_database(cluster))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
