"""The databases that the storage tests run on: SQLite, and a private PostgreSQL of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.core.storage.database import Database
from gateway.database import migrate, open_database

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def as_postgres(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL, which refuses to be root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    command = [*prefix, str(PROGRAMS[-1] / program), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, cwd="/")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """A private cluster that listens on a socket in a folder of its own; the folder."""
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="gateway-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = str(folder / "data")
    as_postgres("initdb", "-D", data, "-U", "gateway", "--auth=trust", "-E", "UTF8", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    as_postgres("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    yield folder
    as_postgres("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty accounts database of either kind."""
    url = f"sqlite:///{tmp_path}/folder/new.db"
    if request.param == "postgresql":
        folder, name = request.getfixturevalue("cluster"), f"gateway_{os.urandom(6).hex()}"
        as_postgres("createdb", "-h", str(folder), "-U", "gateway", name)
        url = f"postgresql+psycopg2://gateway@/{name}?host={folder}"
    database = open_database(url)
    migrate(database)
    yield database
    database.close()
