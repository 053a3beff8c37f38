"""The gateway with its pages and the five services of `console_fake` behind it, and people at the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from console_desk import Desk
from console_fake import FakeProvince
from console_house import build, put_behind
from flask import Flask

from gateway.wiring import EXTENSION, Gateway


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One app for all tests of pages: its templates are compiled once."""
    app = build(tmp_path_factory.mktemp("pages"), FakeProvince())
    yield app
    app.extensions[EXTENSION].database.close()


@pytest.fixture
def services() -> FakeProvince:
    """The services behind the pages, fresh for each test."""
    return FakeProvince()


@pytest.fixture
def app(pages: Flask, services: FakeProvince) -> Flask:
    """The app with this test's services behind it."""
    put_behind(pages, services)
    return pages


@pytest.fixture
def house(app: Flask) -> Gateway:
    """The gateway's parts."""
    found: Gateway = app.extensions[EXTENSION]
    return found


@pytest.fixture
def desk(app: Flask) -> Callable[[], Desk]:
    """Makes a browser; several make several people."""
    return lambda: Desk(app)
