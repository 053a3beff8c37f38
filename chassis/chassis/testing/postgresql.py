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
from chassis.core.config import Config
from chassis.core.migrate import upgrade

PROGRAMS = Path("/usr/lib/postgresql")
USER = "tester"


class Cluster:
    """A running server; `database` gives the URL of an empty, migrated database for an application."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        self._templates: dict[str, str] = {}

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg2://{USER}@/{name}?host={self.folder}"

    def create(self, template: str | None = None) -> str:
        """Create a database and return its name."""
        name = f"db_{uuid.uuid4().hex}"
        with self._server.connect() as connection:
            connection.exec_driver_sql(f"create database {name}" + (f" template {template}" if template else ""))
        return name

    def database(self, application: Application) -> str:
        """Return the URL of a fresh database of this application; its migrations run once, then it is copied."""
        if application.name not in self._templates:
            template = self.create()
            upgrade(application, Config(application.name, "test", self._url(template), "", "", "system", "", ""))
            self._templates[application.name] = template
        return self._url(self.create(self._templates[application.name]))

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
    found = sorted(PROGRAMS.glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise FileNotFoundError(f"no PostgreSQL in {PROGRAMS}")
    control, initialise = found[-1], found[-1].with_name("initdb")
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
