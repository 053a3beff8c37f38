"""The databases that the storage tests run on: SQLite, and a PostgreSQL of their own; both made by the migrations."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from recall_house import House

from chassis.testing import Cluster, opened, private_postgresql
from recall.app import application


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL of this run."""
    with private_postgresql() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The service on an empty database of either kind, on the day of the sample case's notice."""
    if request.param == "sqlite":
        yield from _house(tmp_path, None)
    else:
        with request.getfixturevalue("postgresql").lent(application) as url:
            yield from _house(tmp_path, url)


def _house(folder: Path, url: str | None) -> Iterator[House]:
    found = House(opened(application, folder, url))
    found.on("2026-07-06")
    yield found
    found.office.close()
