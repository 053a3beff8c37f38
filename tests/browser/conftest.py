"""A real Chromium on the gateway's real pages, over HTTP on a free port, with services that answer from memory."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from werkzeug.serving import make_server

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "gateway/tests/console"))
from console_app import build, put_behind
from console_services import FakeServices

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, object]]:
    """The address of a running gateway, and its app."""
    app = build(tmp_path_factory.mktemp("pages"), FakeServices())
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", app
    server.shutdown()
    thread.join(timeout=10)


@pytest.fixture
def services(site: tuple[str, object]) -> FakeServices:
    """Fresh services behind the running gateway."""
    fresh = FakeServices()
    put_behind(site[1], fresh)  # type: ignore[arg-type]
    return fresh


@pytest.fixture
def address(site: tuple[str, object], services: FakeServices) -> str:
    """Where the pages are."""
    return site[0]


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """The browser, with a profile of its own."""
    if not (CHROMIUM.exists() and DRIVER.exists()):
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium chromium-driver)")
    options = Options()
    options.binary_location = str(CHROMIUM)
    for argument in [*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    driver.set_page_load_timeout(60)
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """The browser without cookies; a test fails when a page wrote an error to its console."""
    chromium.delete_all_cookies()
    chromium.get_log("browser")
    yield chromium
    errors = [line["message"] for line in chromium.get_log("browser") if line["level"] == "SEVERE"]
    assert not [error for error in errors if "status of 4" not in error], errors
