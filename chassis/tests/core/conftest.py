"""Stages of the sample service of boxes, on both databases."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from chassis.testing import Cluster, Stage
from chassis.testing.fixtures import postgresql

__all__ = ["postgresql"]

sys.path.insert(0, str(Path(__file__).parents[1] / "samples"))
settings.register_profile(
    "core", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
settings.load_profile("core")


@pytest.fixture(autouse=True)
def plain_logs() -> None:
    """Log exceptions as plain text: the default renders every frame with its variables, a second each."""
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()])


def _stage(folder: Path, url: str | None = None) -> Stage:
    from boxes.app import application
    from boxes.people import PEOPLE, SETTINGS

    return Stage(application, folder, PEOPLE, url=url, settings=SETTINGS)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The boxes on SQLite; it is ten in the morning of 6 July 2026, a Monday."""
    boxes = _stage(tmp_path)
    yield boxes
    boxes.close()


@pytest.fixture
def on_postgresql(postgresql: Cluster, tmp_path: Path) -> Iterator[Stage]:
    """The boxes on PostgreSQL."""
    from boxes.app import application

    with postgresql.lent(application) as url:
        boxes = _stage(tmp_path, url)
        yield boxes
        boxes.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Stage:
    """The boxes on each of the two databases in turn."""
    boxes: Stage = request.getfixturevalue("stage" if request.param == "sqlite" else "on_postgresql")
    return boxes


@pytest.fixture
def kept(either: Stage) -> Callable[..., str]:
    """Keep a box and return its id."""

    def keep(who: str = "keeper", **data: object) -> str:
        return str(either.act(who, "box", "keep", {"label": "甲", **data})["root"])

    return keep
