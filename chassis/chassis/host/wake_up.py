"""An event that wakes one waiting greenlet and resets itself; setting it never yields, so a commit may do it."""

from __future__ import annotations

from eventlet import Timeout
from eventlet.event import Event


class WakeUp:
    """Set once or many times, it wakes the waiter once; set while nobody waits, the next wait returns at once."""

    def __init__(self) -> None:
        self._event = Event()

    def set(self) -> None:
        """Wake the waiter. Does not yield."""
        if not self._event.ready():
            self._event.send(None)

    def wait(self, seconds: float) -> bool:
        """Wait until set, at most so many seconds; return whether it was set, and reset it."""
        with Timeout(seconds, False):
            self._event.wait()
        woken = self._event.ready()
        if woken:
            self._event = Event()
        return bool(woken)
