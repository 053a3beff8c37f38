"""The service's own work beside calls and facts: the scheduler does what time brings, the worker runs tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import eventlet
import structlog
from eventlet.event import Event
from nameko.extensions import DependencyProvider

from chassis.host.bell import Bell

log = structlog.get_logger(__name__)

LAPSE_SECONDS = 2.0
TASK_SECONDS = 2.0
LINGER_SECONDS = 0.05
"""How long a rung loop waits for more commits before it looks: most leave no task."""
FAULT_STEPS = (1.0, 2.0, 5.0, 15.0, 30.0)


class Loop:
    """Calls `step` again and again: at once while it says that more waits, else when rung or after `seconds`.

    A step that raises is logged and tried again later and later; the loop outlives it.
    """

    def __init__(self, name: str, step: Callable[[], bool], seconds: float) -> None:
        self.bell = Bell()
        self._name, self._step, self._seconds = name, step, seconds
        self._stopping = False
        self._ended = Event()

    def run(self) -> None:
        """Work until `stop`."""
        faults = 0
        try:
            while not self._stopping:
                try:
                    more = self._step()
                    faults = 0
                except Exception:
                    log.exception("a step failed and will be tried again", loop=self._name)
                    more = False
                    faults += 1
                pause = FAULT_STEPS[min(faults, len(FAULT_STEPS)) - 1] if faults else self._seconds
                if not more and self.bell.wait(pause):
                    eventlet.sleep(LINGER_SECONDS)
        finally:
            self._ended.send(None)

    def stop(self) -> None:
        """End after the step in hand."""
        self._stopping = True
        self.bell.ring()
        self._ended.wait()

    def kill(self) -> None:
        """End without waiting."""
        self._stopping = True
        self.bell.ring()


class _LoopBesideService(DependencyProvider):  # type: ignore[misc]
    """Runs a loop in the service's process."""

    loop: Loop

    def start(self) -> None:
        """Begin to work."""
        self.container.spawn_managed_thread(self.loop.run, identifier=type(self).__name__)

    def stop(self) -> None:
        """End after the step in hand."""
        self.loop.stop()

    def kill(self) -> None:
        """End without waiting."""
        self.loop.kill()

    def get_dependency(self, worker_ctx: Any) -> Loop:
        """The loop, so that it can be rung."""
        return self.loop


class Scheduler(_LoopBesideService):
    """Does what time brings: lapses and reminders, kept facts whose turn has come."""

    def setup(self) -> None:
        """Prepare the loop."""
        office = self.container.config["OFFICE"]
        self.loop = Loop("scheduler", office.round, LAPSE_SECONDS)


class Worker(_LoopBesideService):
    """Runs the tasks that acts have left, one at a time, outside any transaction; woken by the commit that left one."""

    def setup(self) -> None:
        """Prepare the loop."""
        office = self.container.config["OFFICE"]
        office.tasks.take_back()
        self.loop = Loop("worker", lambda: one_task(office), TASK_SECONDS)
        office.on_commit.append(self.loop.bell.ring)


def one_task(office: Any) -> bool:
    """Claim one task and run it; return whether there was one."""
    task = office.tasks.claim()
    if task is None:
        return False
    try:
        office.tasks.run(task)
    except Exception as fault:
        log.exception("a task failed and will be tried again", task=task.name, id=task.id)
        office.tasks.failed(task, f"{type(fault).__name__}: {fault}")
    return True
