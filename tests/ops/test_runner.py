"""The sample case of `make run`: played once, and not again after an interruption."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from ops import journeys
from ops.faults import Fault
from ops.journeys.waiting import Overdue
from ops.layout import scratch
from ops.progress import Progress
from ops.runtime import runner
from ops.runtime.stack import Stack


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """A stack that is not started: only its folder and its clock are used."""
    return Stack(replace(scratch(tmp_path), services=()))


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    urls: list[str] = []
    monkeypatch.setattr(journeys, "play_first", lambda url, say: urls.append(url))
    return urls


def test_the_sample_case_is_played_once(stack: Stack, played: list[str]) -> None:
    for _ in range(3):
        runner.play_once(stack, Progress(quiet=True))
    assert played == [stack.url]


def test_a_case_that_was_interrupted_is_kept_and_legal_time_is_reset(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(url: str, say: object) -> None:
        stack.layout.clock.write_text("86400")
        raise KeyboardInterrupt

    monkeypatch.setattr(journeys, "play_first", interrupt)
    with pytest.raises(KeyboardInterrupt):
        runner.play_once(stack, Progress(quiet=True))
    monkeypatch.setattr(journeys, "play_first", lambda url, say: pytest.fail("played over the old case"))
    out = io.StringIO()
    runner.play_once(stack, Progress(out))
    assert "make clean" in out.getvalue()
    assert float(stack.layout.clock.read_text()) == 0


def test_a_case_that_stops_is_reported_in_one_line(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(url: str, say: object) -> None:
        raise Overdue("a case in closed: not within 90 s")

    monkeypatch.setattr(journeys, "play_first", stop)
    with pytest.raises(Fault, match="the sample case stopped: Overdue a case in closed") as raised:
        runner.play_once(stack, Progress(quiet=True))
    assert "\n" not in str(raised.value)
