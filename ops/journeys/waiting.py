"""Waiting for what another service does in its own time, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import httpx

from ops.journeys.problems import AWAY, Refused

WAIT_SECONDS = 90.0
POLL_SECONDS = 0.1

Value = TypeVar("Value")


class Overdue(Exception):
    """What was waited for did not happen in time."""


def wait_until(
    look: Callable[[], Value], condition: Callable[[Value], object], description: str, seconds: float = WAIT_SECONDS
) -> Value:
    """Call `look` until `condition` holds for its value; returns that value. Raises Overdue with the last value.

    Facts travel between services after the act that published them, so whoever acts on one waits for it. A system that
    is away, or a root that does not exist yet, is looked up again.
    """
    deadline = time.monotonic() + seconds
    last: object = None
    while True:
        try:
            value = look()
            if condition(value):
                return value
            last = value
        except Refused as refusal:
            if refusal.status not in (404, *AWAY):
                raise
            last = refusal
        except httpx.TransportError as error:
            last = error
        if time.monotonic() > deadline:
            raise Overdue(f"{description}: not within {seconds:.0f} s; last seen: {str(last)[:1500]}")
        time.sleep(POLL_SECONDS)
