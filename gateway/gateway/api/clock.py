"""The test clock: moves legal time for every process; not there in production."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chassis.core.dates.times import SHANGHAI, FileClock, today
from chassis.core.errors import Refusal
from gateway.api import schemas
from gateway.api.bodies import JsonBlueprint
from gateway.wiring import gateway

blueprint = JsonBlueprint("api-clock", __name__, url_prefix="/api/v1", description="Test clock (not in production)")


@blueprint.route("/test-clock", methods=["GET"])
@blueprint.response(200, schemas.TestClock)
def read_clock() -> dict[str, Any]:
    """Legal time as every process reads it."""
    return _view(_clock())


@blueprint.route("/test-clock", methods=["PUT"])
@blueprint.arguments(schemas.TestClockSetting)
@blueprint.response(200, schemas.TestClock)
def set_clock(data: dict[str, Any]) -> dict[str, Any]:
    """Make a moment the present for every process; null returns to machine time."""
    clock = _clock()
    clock.path.parent.mkdir(parents=True, exist_ok=True)
    moment: datetime | None = data["now"]
    if moment is None:
        clock.reset()
    else:
        clock.set(moment)
    return _view(clock)


def _clock() -> FileClock:
    clock = gateway().config.test_clock
    if clock is None:
        raise Refusal("not-found")
    return clock


def _view(clock: FileClock) -> dict[str, Any]:
    now = clock.now()
    moved = clock.path.exists() and float(clock.path.read_text() or "0") != 0.0
    return {"now": now.astimezone(SHANGHAI).isoformat(), "today": today(now).isoformat(), "moved": moved}
