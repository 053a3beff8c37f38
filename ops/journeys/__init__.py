"""The sample journeys, told over HTTP alone, each actor with its own login.

A journey is a function of the house's address and of a function that prints one line. `make run` plays the first one
and leaves some matters under way; `make demo` and tests/journeys play them all.
"""

from __future__ import annotations

from collections.abc import Callable

from ops.journeys import furniture, morning, voluntary
from ops.journeys.story import PASSWORD

Say = Callable[[str], None]
Journey = Callable[[str, Say], str]

JOURNEYS: tuple[Journey, ...] = (furniture.play, voluntary.play)


def play_one(url: str, say: Say) -> None:
    """The sample case, and some matters under way for whoever signs in afterwards."""
    furniture.play(url, say)
    morning.play(url, say)


def play(url: str, say: Say) -> None:
    """Every journey, one after the other."""
    for journey in JOURNEYS:
        journey(url, say)


def logins() -> list[str]:
    """The logins to try first, a line each."""
    return [
        f"recall.handler  召回处承办人    口令 password {PASSWORD}",
        "recall.head     召回处处长      recall.leader  局领导        registry  文书",
        "institute.analyst 技术机构      sy.handler  沈阳市局        expert1 … expert9  专家",
        "maker           生产者          seller  经营者",
    ]
