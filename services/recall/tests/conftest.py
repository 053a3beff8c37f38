"""An office of recall for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from recall_stage import Stage

from chassis.core import Application
from chassis.testing import opened
from recall import app


@pytest.fixture(scope="session")
def application() -> Application:
    """The application under test."""
    return app.application


@pytest.fixture
def database_url() -> None:
    """SQLite; the storage tests override it with both databases."""


@pytest.fixture
def stage(application: Application, database_url: str | None, tmp_path: Path) -> Iterator[Stage]:
    """The service on an empty database, on the day of the sample case's notice."""
    stage = Stage(opened(application, tmp_path, database_url))
    stage.on("2026-07-06")
    yield stage
    stage.office.close()
