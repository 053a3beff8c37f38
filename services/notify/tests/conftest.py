"""An office of notify for each test, and printing that produces no PDF."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from notify_stage import Stage

from chassis.core import Application
from chassis.testing import opened
from notify import app
from notify.acts import printing
from notify.rendering.pdf import Printed


@pytest.fixture(scope="session")
def application() -> Application:
    """The application under test."""
    return app.application


@pytest.fixture
def database_url() -> None:
    """SQLite; the storage tests override it with both databases."""


@pytest.fixture
def stage(application: Application, database_url: str | None, tmp_path: Path) -> Iterator[Stage]:
    """The service on an empty database; it is the morning of 6 July 2026."""
    stage = Stage(opened(application, tmp_path, database_url))
    stage.today("2026-07-06")
    yield stage
    stage.office.close()


@pytest.fixture
def without_printing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing returns at once, with bytes that are no PDF; for tests that are not about print."""
    monkeypatch.setattr(printing, "print_paper", lambda page: Printed(f"%PDF {page}".encode(), []))
