"""The sample journeys, told over HTTP alone, each actor with its own login.

A journey is a function of the house's address and of a function that prints one line. `make run` plays the first one,
`make demo` and tests/journeys play them all.
"""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], None]
Journey = Callable[[str, Say], None]

JOURNEYS: tuple[Journey, ...] = ()


def play_one(url: str, say: Say) -> None:
    """The sample case."""
    for journey in JOURNEYS[:1]:
        journey(url, say)


def play(url: str, say: Say) -> None:
    """Every journey, one after the other."""
    for journey in JOURNEYS:
        journey(url, say)


def logins() -> list[str]:
    """The logins to try first, a line each."""
    return []
