"""What a service does in the background: the scheduler does what time brings, the worker runs tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import eventlet
import structlog
from eventlet.event import Event
from nameko.extensions import DependencyProvider

from chassis.host.wake_up import WakeUp

log = structlog.get_logger(__name__)

LAPSE_SECONDS = 2.0
TASK_SECONDS = 2.0
LINGER_SECONDS = 0.05
"""How long a woken loop waits for more commits before its next step: most commits leave no task."""
FAULT_STEPS = (1.0, 2.0, 5.0, 15.0, 30.0)


class Loop:
    """Calls `step` repeatedly: at once while it returns True (there is more to do), else when woken or after `seconds`.

    A step that raises is logged and called again after the pauses of FAULT_STEPS; the loop goes on.
    """

    def __init__(self, name: str, step: Callable[[], bool], seconds: float) -> None:
        self.wake_up = WakeUp()
        self._name, self._step, self._seconds = name, step, seconds
        self._stopping = False
        self._ended = Event()

    def run(self) -> None:
        """Call the step until `stop`."""
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
                if not more and self.wake_up.wait(pause):
                    eventlet.sleep(LINGER_SECONDS)
        finally:
            self._ended.send(None)

    def stop(self) -> None:
        """End after the present step."""
        self._stopping = True
        self.wake_up.set()
        self._ended.wait()

    def kill(self) -> None:
        """End without waiting."""
        self._stopping = True
        self.wake_up.set()


class _LoopProvider(DependencyProvider):  # type: ignore[misc]
    """Runs a loop in the service's process."""

    loop: Loop

    def start(self) -> None:
        """Start the loop in a thread of the container."""
        self.container.spawn_managed_thread(self.loop.run, identifier=type(self).__name__)

    def stop(self) -> None:
        """End after the present step."""
        self.loop.stop()

    def kill(self) -> None:
        """End without waiting."""
        self.loop.kill()

    def get_dependency(self, worker_ctx: Any) -> Loop:
        """The loop, so that it can be woken."""
        return self.loop


class Scheduler(_LoopProvider):
    """Does what time brings: lapses and reminders, outdated duties, kept facts whose turn has come, pruning."""

    def setup(self) -> None:
        """Prepare the loop."""
        office = self.container.config["OFFICE"]
        self.loop = Loop("scheduler", office.round, LAPSE_SECONDS)


class Worker(_LoopProvider):
    """Runs the tasks that acts have left, one at a time, outside any transaction; woken by the commit that left one."""

    def setup(self) -> None:
        """Prepare the loop."""
        office = self.container.config["OFFICE"]
        office.tasks.take_back()
        self.loop = Loop("worker", lambda: run_one_task(office), TASK_SECONDS)
        office.on_commit.append(self.loop.wake_up.set)


def run_one_task(office: Any) -> bool:
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
