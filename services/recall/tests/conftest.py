"""The recall service opened on databases of its own, made by its migrations."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from recall_house import House

from chassis.testing import opened
from recall.app import application


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The service on SQLite, on the day of the sample case's notice."""
    found = House(opened(application, tmp_path))
    found.on("2026-07-06")
    yield found
    found.office.close()
