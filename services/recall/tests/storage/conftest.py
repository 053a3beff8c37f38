"""The databases that the storage tests run on: SQLite, and a PostgreSQL of their own; both made by the migrations."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def _as_postgres(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL, which refuses to be root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    command = [*prefix, str(PROGRAMS[-1] / program), *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """A private cluster that listens on a socket in a folder of its own; the folder."""
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="recall-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = str(folder / "data")
    _as_postgres("initdb", "-D", data, "-U", "recall", "--auth=trust", "-E", "UTF8")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    _as_postgres("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    yield folder
    _as_postgres("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, open_house, tmp_path: Path):
    """The service on an empty database of either kind, on the day of the sample case's notice."""
    url = f"sqlite:///{tmp_path / 'recall.db'}"
    if request.param == "postgresql":
        folder, name = request.getfixturevalue("cluster"), f"recall_{os.urandom(6).hex()}"
        _as_postgres("createdb", "-h", str(folder), "-U", "recall", name)
        url = f"postgresql+psycopg2://recall@/{name}?host={folder}"
    found = open_house(url)
    found.on("2026-07-06")
    return found
