"""A bell that wakes one waiting greenlet; ringing never yields, so that it may be rung from inside a commit."""

from __future__ import annotations

from eventlet import Timeout
from eventlet.event import Event


class Bell:
    """Rung once or many times, it wakes the waiter once; rung while nobody waits, the next wait returns at once."""

    def __init__(self) -> None:
        self._event = Event()

    def ring(self) -> None:
        """Wake the waiter. Does not yield."""
        if not self._event.ready():
            self._event.send(None)

    def wait(self, seconds: float) -> bool:
        """Wait for a ring, at most so long; return whether it rang."""
        with Timeout(seconds, False):
            self._event.wait()
        rung = self._event.ready()
        if rung:
            self._event = Event()
        return bool(rung)
