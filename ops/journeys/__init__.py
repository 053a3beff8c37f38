"""The sample journeys, played over HTTP alone, each actor with a login of their own.

A journey is a function of the system's address and of a function that prints one line. `make run` plays the first one
and leaves some matters under way; `make demo` and tests/journeys play them all.
"""

from __future__ import annotations

from collections.abc import Callable

from ops.journeys import furniture, open_matters, voluntary
from ops.journeys.scenario import PASSWORD, PrintLine

Journey = Callable[[str, PrintLine], str]

JOURNEYS: tuple[Journey, ...] = (furniture.play, voluntary.play)


def play_first(url: str, print_line: PrintLine) -> None:
    """The sample case, and some matters under way for whoever signs in afterwards."""
    furniture.play(url, print_line)
    open_matters.play(url, print_line)


def play_all(url: str, print_line: PrintLine) -> None:
    """Every journey, one after the other."""
    for journey in JOURNEYS:
        journey(url, print_line)


def logins() -> list[str]:
    """The logins to try first, a line each."""
    return [
        f"recall.handler  召回处承办人    口令 password {PASSWORD}",
        "recall.head     召回处处长      recall.leader  局领导        registry  文书",
        "institute.analyst 技术机构      sy.handler  沈阳市局        expert1 … expert9  专家",
        "maker           生产者          seller  经营者",
    ]
