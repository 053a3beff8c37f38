"""Pytest fixtures for the databases that storage tests run on: a fresh SQLite file, and a lent PostgreSQL database.

A conftest imports the two fixtures and provides a third, `application`, with the Application whose migrations make the tables:

    from chassis.testing.fixtures import database_url, postgresql
"""

from collections.abc import Iterator

import pytest

from chassis.core import Application
from chassis.testing.postgresql import Cluster, private_postgresql


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL server of this run; started by the first test that needs it."""
    with private_postgresql() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, application: Application) -> Iterator[str | None]:
    """Run the test once on each database: None (`opened` and `Stage` then make an SQLite file), and the URL of a PostgreSQL database."""
    if request.param == "sqlite":
        yield None
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    with cluster.lent(application) as url:
        yield url
