"""The databases that the storage tests run on: SQLite, and a PostgreSQL of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from experts_stage import Stage

from chassis.testing import Cluster, private_postgresql
from experts.app import application


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL of this run."""
    with private_postgresql() as cluster:
        yield cluster


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Stage]:
    """An office of experts on SQLite."""
    opened = Stage(tmp_path)
    yield opened
    opened.office.close()


@pytest.fixture
def on_postgresql(postgresql: Cluster, tmp_path: Path) -> Iterator[Stage]:
    """An office of experts on PostgreSQL."""
    with postgresql.lent(application) as url:
        opened = Stage(tmp_path, url)
        yield opened
        opened.office.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """An office of experts on an empty database of either kind."""
    found: Stage = request.getfixturevalue(f"on_{request.param}")
    return found
