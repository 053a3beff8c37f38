"""The processes of a stack under one supervisord: started, awaited, killed for tests, stopped in order."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial

from ops.faults import Fault
from ops.generate.topology import OPERATOR
from ops.layout import GATEWAY, ROOT, Layout
from ops.ports import answers
from ops.runtime import readiness
from ops.runtime.deployment import BROKER, EPMD, Deployment, inherited_environment, last_line
from ops.runtime.supervisord import DOWN, TROUBLED, Supervisor, socket_path
from ops.runtime.supervisord_config import configuration

SUPERVISORD = "supervisord"
UP_SECONDS = 90.0
STOP_SECONDS = 20.0
SUPERVISORD_SECONDS = 20.0
POLL_SECONDS = 0.1
PR_SET_PDEATHSIG = 1


class Processes:
    """The programs of one stack, run by a supervisord that this object starts and stops.

    A program that exits while it is awaited, or is not ready in time, is a Fault with the last line it printed.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.deployment = Deployment(layout)
        self.supervisor = Supervisor(socket_path(layout.folder))
        self._supervisord: subprocess.Popen[bytes] | None = None
        self._killed: dict[str, int] = {}

    # --- supervisord -----------------------------------------------------------------------------------------------

    def end_previous(self) -> None:
        """Stop the supervisord that a runner left in this folder when it was killed."""
        if self.supervisor.answers():
            self.supervisor.shutdown()
            self.wait_until(lambda: not self.supervisor.answers(), SUPERVISORD, _deadline(2 * STOP_SECONDS))

    def start(self, deployment: Deployment) -> None:
        """Start supervisord with the programs of the deployment; none of them is started yet."""
        self.deployment = deployment
        path = self.layout.folder / "supervisord.conf"
        path.touch(mode=0o600)
        path.write_text(
            configuration(
                deployment.supervised_programs(),
                self.layout.folder,
                ROOT,
                self.layout.logs,
                self.supervisor.socket_file,
            )
        )
        command = [self.layout.python, "-W", "ignore", "-m", "supervisor.supervisord", "-n", "-c", str(path)]
        with self.layout.log("supervisord.out").open("wb") as out:
            self._supervisord = subprocess.Popen(
                command,
                cwd=ROOT,
                env=inherited_environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=_end_with_parent if threading.current_thread() is threading.main_thread() else None,
            )
        self.wait_until(self.supervisor.answers, SUPERVISORD, _deadline(SUPERVISORD_SECONDS))

    def require_supervisord(self) -> None:
        """Raise Fault when supervisord has ended."""
        if self._supervisord is not None and self._supervisord.poll() is not None:
            reason = last_line(self.layout.log("supervisord.out").read_text(errors="replace"))
            raise Fault("进程管理器没有运行", f"supervisord does not run: {reason}")

    def stop(self) -> None:
        """Stop the programs, then supervisord, which stops the broker and its port mapper in that order."""
        if self._supervisord is None:
            return
        pids: list[int] = []
        if self._supervisord.poll() is None and self.supervisor.answers():
            known = self.supervisor.names()
            pids = [pid for name in known if (pid := self.supervisor.pid(name))]
            self.stop_programs([name for name in self.layout.programs if name in known])
            self.supervisor.shutdown()
        _end(self._supervisord, pids)
        self._supervisord = None
        self.supervisor.socket_file.unlink(missing_ok=True)

    # --- programs --------------------------------------------------------------------------------------------------

    def start_broker(self) -> None:
        """Start the private broker and wait until every queue of its definitions exists; nothing where there is none."""
        broker = self.deployment.broker
        if broker is None:
            return
        self.supervisor.start(EPMD)
        # The port mapper first: a node that does not reach one starts its own.
        self.wait_until(lambda: answers(broker.epmd_port), EPMD, _deadline(STOP_SECONDS))
        self.supervisor.start(BROKER)
        self.wait_until(broker.ready, BROKER, _deadline(UP_SECONDS))
        queues = json.loads((self.layout.folder / "definitions.json").read_text())["queues"]
        names, url = [row["name"] for row in queues], self.deployment.amqp_url(OPERATOR)
        # The archive stream is declared a moment after the node answers, the queues before.
        self.wait_until(lambda: not readiness.missing_queues(url, names), BROKER, _deadline(UP_SECONDS))

    def start_programs(self, names: Iterable[str]) -> None:
        """Start programs and wait until each serves. Raises Fault when one exits meanwhile."""
        names = list(names)
        for name in names:
            self.supervisor.start(name)
        deadline = _deadline(UP_SECONDS)
        for name in names:
            self.wait_until(partial(self._serves, name), name, deadline)

    def stop_programs(self, names: Iterable[str]) -> None:
        """Ask programs to stop and wait until they have."""
        names = list(names)
        for name in names:
            self.supervisor.stop(name)
        deadline = _deadline(STOP_SECONDS)
        for name in names:
            self.wait_until(partial(self._is_down, name), name, deadline)

    def kill(self, name: str) -> int:
        """Kill a program and its children (SIGKILL); supervisord starts it again. Returns the killed pid, 0 for none."""
        pid = self.supervisor.pid(name)
        if pid:
            os.killpg(pid, signal.SIGKILL)
            self._killed[name] = pid
        return pid

    def wait_restarted(self, names: Iterable[str], seconds: float) -> None:
        """Wait until programs that were killed serve again. Raises Fault when one does not in `seconds`."""
        deadline = _deadline(seconds)
        for name in names:
            self.wait_until(partial(self._serves, name), name, deadline, restarting=True)

    def _serves(self, name: str) -> bool:
        pid = self.supervisor.pid(name)
        if not pid or pid == self._killed.get(name):
            return False
        if name == BROKER:
            return self.deployment.private_broker().ready()
        if name == GATEWAY:
            return readiness.healthy(f"{self.layout.url}/healthz")
        return readiness.consumers(self.deployment.amqp_url(OPERATOR), f"rpc-{name}") > 0

    def _is_down(self, name: str) -> bool:
        return self.supervisor.state(name) in DOWN

    # --- waiting ---------------------------------------------------------------------------------------------------

    def wait_until(
        self, condition: Callable[[], bool], name: str, deadline: float, *, restarting: bool = False
    ) -> None:
        """Wait for a condition about a program until `deadline` (of the monotonic clock). Raises Fault.

        `restarting`: the program may be down meanwhile; otherwise one that exits is a Fault at once.
        """
        while not condition():
            self.require_supervisord()
            if not restarting and self._supervisord is not None and name != SUPERVISORD:
                self._require_started(name)
            if time.monotonic() > deadline:
                reason = self.deployment.failure_reason(name)
                raise Fault(f"{name} 没有按时就绪", f"{name} was not ready in time: {reason}")
            time.sleep(POLL_SECONDS)

    def _require_started(self, name: str) -> None:
        if self.supervisor.state(name) in TROUBLED:
            reason = self.deployment.failure_reason(name)
            raise Fault(f"{name} 没有启动", f"{name} does not come up: {reason}")


def _deadline(seconds: float) -> float:
    return time.monotonic() + seconds


def _end_with_parent() -> None:
    """In the child: receive SIGTERM when the runner ends without having stopped it (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(supervisord: subprocess.Popen[bytes], pids: list[int]) -> None:
    """Wait until supervisord has ended; kill the process groups that are left after it."""
    if supervisord.poll() is None:
        try:
            supervisord.wait(STOP_SECONDS + 30)
        except subprocess.TimeoutExpired:
            supervisord.kill()
            supervisord.wait()
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
