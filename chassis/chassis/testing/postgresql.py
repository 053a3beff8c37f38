"""A PostgreSQL of the tests' own: in a temporary folder, listening on a socket there, gone when the tests end."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine

from chassis.core import Application
from chassis.core.storage.migrate import upgrade

PROGRAMS = Path("/usr/lib/postgresql")
USER = "tester"


class Cluster:
    """A running server that lends migrated databases; one is emptied and lent again rather than made anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        self._free: dict[str, list[str]] = {}
        self._filled_by_tests: dict[str, list[str]] = {}

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg2://{USER}@/{name}?host={self.folder}"

    @contextmanager
    def lent(self, application: Application) -> Iterator[str]:
        """Lend the URL of a database of this application that holds nothing but what its migrations put there."""
        free = self._free.setdefault(application.name, [])
        url = free.pop() if free else self._made(application)
        yield url
        self._empty(url, self._filled_by_tests[application.name])
        free.append(url)

    def _made(self, application: Application) -> str:
        name = f"db_{uuid.uuid4().hex}"
        with self._server.connect() as connection:
            connection.exec_driver_sql(f"create database {name}")
        url = self._url(name)
        upgrade(application.package, url)
        engine = create_engine(url)
        with engine.connect() as connection:
            tables = connection.exec_driver_sql("select tablename from pg_tables where schemaname = 'public'").scalars()
            empty = [t for t in tables if not connection.exec_driver_sql(f"select 1 from {t} limit 1").scalar()]
        engine.dispose()
        self._filled_by_tests[application.name] = empty
        return url

    def _empty(self, url: str, tables: list[str]) -> None:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"truncate {', '.join(tables)} restart identity cascade")
        engine.dispose()

    def close(self) -> None:
        """Let go of the server."""
        self._server.dispose()


def _run(*command: str) -> None:
    """Run a program of PostgreSQL, which refuses to be root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, capture_output=True, timeout=60)


@contextmanager
def private_postgresql() -> Iterator[Cluster]:
    """Start a server and stop it at the end; FileNotFoundError where PostgreSQL is not installed."""
    programs = sorted(PROGRAMS.glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if not programs:
        raise FileNotFoundError(f"no PostgreSQL in {PROGRAMS}")
    control, initialise = programs[-1], programs[-1].with_name("initdb")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = str(folder / "data")
    _run(str(initialise), "-D", data, "-U", USER, "--auth=trust", "-E", "UTF8", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=100"
    _run(str(control), "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    cluster = Cluster(folder)
    try:
        yield cluster
    finally:
        cluster.close()
        _run(str(control), "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)
