"""An office of investigation for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from investigation_people import PEOPLE

from chassis.core import Application
from chassis.testing import Stage
from investigation import app


@pytest.fixture(scope="session")
def application() -> Application:
    """The application under test."""
    return app.application


@pytest.fixture
def database_url() -> None:
    """SQLite; the storage tests override it with both databases."""


@pytest.fixture
def stage(application: Application, database_url: str | None, tmp_path: Path) -> Iterator[Stage]:
    """The service on an empty database, on the day of the sample case's finding."""
    opened = Stage(application, tmp_path, PEOPLE, url=database_url, day="2026-04-02")
    yield opened
    opened.close()
