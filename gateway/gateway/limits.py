"""A token bucket for each name, in this process: two processes allow twice as much."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

REMEMBERED = 20_000  # names; the longest unseen is forgotten first


class Buckets:
    """`capacity` tokens a name, refilled at `per_second`. Thread-safe."""

    def __init__(self, capacity: float, per_second: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.capacity = capacity
        self.per_second = per_second
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, cost: float = 1.0) -> float:
        """Take `cost` tokens; returns 0.0 when there were so many, else the seconds until there are."""
        with self._lock:
            level = self._level(name)
            enough = level >= cost
            self._keep(name, level - cost if enough else level)
            return 0.0 if enough else (cost - level) / self.per_second

    def give_back(self, name: str) -> None:
        """Return a token that need not have been taken."""
        with self._lock:
            self._keep(name, min(self.capacity, self._level(name) + 1.0))

    def _level(self, name: str) -> float:
        level, at = self._levels.get(name, (self.capacity, self._monotonic()))
        return min(self.capacity, level + (self._monotonic() - at) * self.per_second)

    def _keep(self, name: str, level: float) -> None:
        self._levels[name] = (level, self._monotonic())
        self._levels.move_to_end(name)
        if len(self._levels) > REMEMBERED:
            self._levels.popitem(last=False)
