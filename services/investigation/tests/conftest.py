"""Opens stages for the tests of this service."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from investigation_people import PEOPLE

from chassis.testing import Cluster, Stage, private_postgresql
from investigation.app import application


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL of this run."""
    with private_postgresql() as cluster:
        yield cluster


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The service on SQLite, on the day of the sample case's finding."""
    found = Stage(application, tmp_path, PEOPLE, day="2026-04-02")
    yield found
    found.close()


@pytest.fixture
def on_postgresql(postgresql: Cluster, tmp_path: Path) -> Iterator[Stage]:
    """The service on PostgreSQL, on the same day."""
    with postgresql.lent(application) as url:
        found = Stage(application, tmp_path, PEOPLE, url=url, day="2026-04-02")
        yield found
        found.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Stage:
    """The service on each of the two databases in turn."""
    found: Stage = request.getfixturevalue("stage" if request.param == "sqlite" else "on_postgresql")
    return found
