"""The gateway with its pages and the five services of `console_services` behind it, and people at the pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from console_app import build, put_behind
from console_browser import BrowserClient, NewBrowser
from console_services import FakeServices
from flask import Flask

from gateway.wiring import EXTENSION, Gateway


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One app for all tests of pages: its templates are compiled once."""
    app = build(tmp_path_factory.mktemp("pages"), FakeServices())
    yield app
    app.extensions[EXTENSION].database.close()


@pytest.fixture
def services() -> FakeServices:
    """The services behind the pages, fresh for each test."""
    return FakeServices()


@pytest.fixture
def app(pages: Flask, services: FakeServices) -> Flask:
    """The app with this test's services behind it."""
    put_behind(pages, services)
    return pages


@pytest.fixture
def gateway(app: Flask) -> Gateway:
    """The gateway's parts."""
    parts: Gateway = app.extensions[EXTENSION]
    return parts


@pytest.fixture
def new_browser(app: Flask) -> NewBrowser:
    """Makes browsers: one a call, each with a session of its own."""
    return lambda: BrowserClient(app)
