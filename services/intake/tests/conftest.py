"""An office of intake for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from intake_stage import Stage

from chassis.core import Application
from intake import app


@pytest.fixture(scope="session")
def application() -> Application:
    """The application under test."""
    return app.application


@pytest.fixture
def database_url() -> None:
    """SQLite; the storage tests override it with both databases."""


@pytest.fixture
def stage(database_url: str | None, tmp_path: Path) -> Iterator[Stage]:
    """An office of intake on an empty database."""
    opened = Stage(tmp_path, database_url)
    yield opened
    opened.office.close()
