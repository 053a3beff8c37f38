"""Programs killed with -9 behind the back of a journey."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from ops.faults import Fault
from ops.runtime.stack import Stack

SEED = 20260702


@dataclass
class Fire:
    """Who died, in order, and what went wrong with the killing itself."""

    died: list[str] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)


@contextmanager
def fire(stack: Stack, targets: Sequence[str], *, every: float, at_most: float) -> Iterator[Fire]:
    """While the block runs, kill one of the targets every so many seconds, in rounds of random order.

    Only what serves is killed, and in a round everybody dies once, so that there is always somebody to go on with,
    however slow the machine. After `at_most` seconds there is peace, so that a journey under fire has an end.
    """
    seen, over = Fire(), threading.Event()
    thread = threading.Thread(target=_kill, args=(stack, targets, every, at_most, seen, over), name="fire", daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join(timeout=60)
    assert seen.faults == []
    assert not thread.is_alive(), "the fire does not end"


def _kill(
    stack: Stack, targets: Sequence[str], every: float, at_most: float, seen: Fire, over: threading.Event
) -> None:
    chance, end = random.Random(SEED), time.monotonic() + at_most
    turn: list[str] = []
    try:
        while not over.wait(every) and time.monotonic() < end:
            turn = turn or chance.sample(list(targets), len(targets))
            name = next((name for name in turn if _serves(stack, name)), None)
            if name is not None and stack.kill(name):
                turn.remove(name)
                seen.died.append(name)
    except Exception as fault:
        seen.faults.append(fault)


def _serves(stack: Stack, name: str) -> bool:
    try:
        stack.wait(name, timeout=0.0)
    except Fault:
        return False
    return True
