"""The desk that tests of this service sit at, and a press that prints nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from notify_desk import Desk

from chassis.testing import Cluster, opened, private_postgresql
from notify.acts import printing
from notify.app import application
from notify.rendering.press import Printed


def _desk(folder: Path, url: str | None = None) -> Iterator[Desk]:
    found = Desk(opened(application, folder, url))
    found.today("2026-07-06")
    yield found
    found.office.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on SQLite; it is the morning of 6 July 2026."""
    yield from _desk(tmp_path)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL of this run."""
    with private_postgresql() as cluster:
        yield cluster


@pytest.fixture
def desk_on_postgresql(postgresql: Cluster, tmp_path: Path) -> Iterator[Desk]:
    """A desk on PostgreSQL, the same morning."""
    with postgresql.lent(application) as url:
        yield from _desk(tmp_path, url)


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Desk:
    """A desk on each of the two databases in turn."""
    found: Desk = request.getfixturevalue("desk" if request.param == "sqlite" else "desk_on_postgresql")
    return found


@pytest.fixture
def quick_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """A press that prints nothing, for tests that are not about print."""
    monkeypatch.setattr(printing, "print_paper", lambda page: Printed(f"%PDF {page}".encode(), []))
