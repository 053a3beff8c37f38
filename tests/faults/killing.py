"""Programs of a stack killed (SIGKILL) while a journey is played."""

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
class Kills:
    """The programs killed, in order, and the errors of the killing thread itself."""

    killed: list[str] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)


@contextmanager
def killing(stack: Stack, targets: Sequence[str], *, every: float, at_most: float) -> Iterator[Kills]:
    """While the block runs, kill one of the targets every `every` seconds, in rounds of random order.

    Only a program that serves is killed, and in a round each program once, so that one of them always serves, however
    slow the machine. After `at_most` seconds nothing more is killed, so that the journey can end.
    """
    kills, over = Kills(), threading.Event()
    thread = threading.Thread(
        target=_kill, args=(stack, targets, every, at_most, kills, over), name="killing", daemon=True
    )
    thread.start()
    try:
        yield kills
    finally:
        over.set()
        thread.join(timeout=60)
    assert kills.errors == []
    assert not thread.is_alive(), "the killing thread does not end"


def _kill(
    stack: Stack, targets: Sequence[str], every: float, at_most: float, kills: Kills, over: threading.Event
) -> None:
    chance, end = random.Random(SEED), time.monotonic() + at_most
    left_in_round: list[str] = []
    try:
        while not over.wait(every) and time.monotonic() < end:
            left_in_round = left_in_round or chance.sample(list(targets), len(targets))
            name = next((name for name in left_in_round if _serves(stack, name)), None)
            if name is not None and stack.kill(name):
                left_in_round.remove(name)
                kills.killed.append(name)
    except Exception as error:
        kills.errors.append(error)


def _serves(stack: Stack, name: str) -> bool:
    try:
        stack.wait(name, timeout=0.0)
    except Fault:
        return False
    return True
