"""The databases that the storage tests run on: SQLite, and a PostgreSQL of their own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from intake_stage import Stage

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def _as_postgres(*command: str) -> None:
    """Run a program of PostgreSQL, which refuses to be root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Path]:
    """A private cluster that listens on a socket in a folder of its own; the folder."""
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed")
    programs, folder = PROGRAMS[-1], Path(tempfile.mkdtemp(prefix="pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = str(folder / "data")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    _as_postgres(str(programs / "initdb"), "-D", data, "-U", "intake", "--auth=trust", "-E", "UTF8")
    start = ["-D", data, "-o", options, "-l", str(folder / "log"), "-w"]
    _as_postgres(str(programs / "pg_ctl"), *start, "start")
    try:
        yield folder
    finally:
        _as_postgres(str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """An office of intake on an empty database."""
    if request.param == "sqlite":
        opened = Stage(tmp_path)
    else:
        folder = request.getfixturevalue("postgresql")
        name = f"intake_{os.urandom(6).hex()}"
        _as_postgres(str(PROGRAMS[-1] / "createdb"), "-h", str(folder), "-U", "intake", name)
        opened = Stage(tmp_path, f"postgresql+psycopg2://intake@/{name}?host={folder}")
    yield opened
    opened.office.close()
