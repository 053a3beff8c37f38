"""The desk that tests of this service sit at, and a press that prints nothing."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from notify_desk import Desk, opened

from notify.acts import printing
from notify.rendering.press import Printed

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on SQLite; it is the morning of 6 July 2026."""
    yield from _desk(tmp_path, f"sqlite:///{tmp_path}/notify.db")


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A desk on each of the two databases in turn."""
    if request.param == "sqlite":
        yield from _desk(tmp_path, f"sqlite:///{tmp_path}/notify.db")
        return
    folder = request.getfixturevalue("postgresql")
    name = f"notify_{os.urandom(6).hex()}"
    _as_postgres(str(PROGRAMS[-1] / "createdb"), "-h", str(folder), "-U", "notify", name)
    yield from _desk(tmp_path, f"postgresql+psycopg2://notify@/{name}?host={folder}")


def _desk(folder: Path, url: str) -> Iterator[Desk]:
    office, key = opened(folder, url)
    found = Desk(office, key)
    found.today("2026-07-06")
    yield found
    office.close()


@pytest.fixture
def quick_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """A press that prints nothing, for tests that are not about print."""
    monkeypatch.setattr(printing, "print_paper", lambda page: Printed(f"%PDF {page}".encode(), []))


def _as_postgres(*command: str) -> None:
    """Run a program of PostgreSQL, which refuses to be root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Path]:
    """A private PostgreSQL that listens on a socket in a folder of its own; the folder."""
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data, control = str(folder / "data"), str(PROGRAMS[-1] / "pg_ctl")
    _as_postgres(str(PROGRAMS[-1] / "initdb"), "-D", data, "-U", "notify", "--auth=trust", "-E", "UTF8")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    _as_postgres(control, "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield folder
    finally:
        _as_postgres(control, "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)
