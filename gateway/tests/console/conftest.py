"""The gateway of `gateway/tests` with its pages and the five services of `console_fake` behind it, and people at the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from console_desk import Desk
from console_fake import FakeProvince
from flask import Flask

from gateway.app import create_app
from gateway.config import Config
from gateway.services import SERVICES
from gateway.wiring import EXTENSION

JULY = datetime(2026, 7, 16, 1, 0, tzinfo=UTC)


@pytest.fixture
def config(config: Config) -> Config:
    """The gateway of all five services, in July 2026."""
    assert config.test_clock is not None
    config.test_clock.set(JULY)
    return replace(config, services=SERVICES, file_limit=200_000)


@pytest.fixture
def services() -> FakeProvince:
    """The services behind the pages."""
    return FakeProvince()


@pytest.fixture
def app(config: Config, services: FakeProvince) -> Iterator[Flask]:
    """The gateway with its pages."""
    app = create_app(config, services)
    yield app
    app.extensions[EXTENSION].database.close()


@pytest.fixture
def desk(app: Flask) -> Callable[[], Desk]:
    """Makes a browser; several make several people."""
    return lambda: Desk(app)
