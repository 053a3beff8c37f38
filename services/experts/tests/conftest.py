"""An office of experts for each test; examples of a property have no time limit."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from experts_stage import Stage
from hypothesis import settings

from chassis.core import Application
from experts import app

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


@pytest.fixture(scope="session")
def application() -> Application:
    """The application under test."""
    return app.application


@pytest.fixture
def database_url() -> None:
    """SQLite; the storage tests override it with both databases."""


@pytest.fixture
def stage(database_url: str | None, tmp_path: Path) -> Iterator[Stage]:
    """An office of experts on an empty database."""
    opened = Stage(tmp_path, database_url)
    yield opened
    opened.office.close()
