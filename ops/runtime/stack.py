"""The whole system as running processes: broker, services, gateway, in one folder.

`make run`, `make demo` and the tests use it. A stack writes only into its own folder and listens only on the loopback
interface; when it cannot start, or is stopped, nothing of it is left running.
"""

from __future__ import annotations

import fcntl
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import IO

from chassis.core.dates.times import FileClock
from ops.faults import Fault
from ops.layout import GATEWAY, Layout
from ops.ports import is_free
from ops.progress import Progress
from ops.runtime import disk, preparation, readiness
from ops.runtime.deployment import BROKER, Deployment
from ops.runtime.processes import UP_SECONDS, Processes
from ops.runtime.supervisord import Supervisor


class Stack:
    """One running system, described by its layout.

    As a context manager it starts and stops. `clock.set(moment)` moves legal time for every process. Raises Fault, with
    nothing left running, when it cannot start.
    """

    def __init__(self, layout: Layout, progress: Progress | None = None) -> None:
        self.layout = layout
        self.progress = progress or Progress(quiet=True)
        self.url = layout.url
        self.clock = FileClock(layout.clock)
        self.deployment = Deployment(layout)
        self._processes = Processes(layout)
        self._lock: IO[str] | None = None

    @property
    def supervisor(self) -> Supervisor:
        """The client of this stack's supervisord."""
        return self._processes.supervisor

    # --- starting and stopping -------------------------------------------------------------------------------------

    def start(self) -> Stack:
        """Bring everything up, step by step; returns when every process is healthy."""
        try:
            self._occupy()
            disk.require_space(self.layout.folder)
            with self.progress.step("密钥与定义", "keys and broker definitions"):
                self.deployment = preparation.prepare(self.layout)
            with self.progress.step("消息代理与数据库迁移", "broker and migrations"):
                self._processes.start(self.deployment)
                with ThreadPoolExecutor(1) as pool:
                    migration = pool.submit(preparation.migrate, self.deployment)
                    self._processes.start_broker()
                    migration.result()
            with self.progress.step("五个服务与网关", "services and gateway"):
                self._processes.start_programs(self.layout.programs)
                self._processes.wait_until(self.ready, GATEWAY, time.monotonic() + UP_SECONDS)
        except OSError as error:
            self.stop()
            raise disk.fault_of(error, self.layout.folder) from error
        except BaseException:
            self.stop()
            raise
        return self

    def ready(self) -> bool:
        """Whether the gateway reaches everything: its database, the files, the broker, each service."""
        return readiness.healthy(f"{self.url}/readyz?all=1")

    def require_running(self) -> None:
        """Raise Fault when supervisord, which restarts the other processes, has ended."""
        self._processes.require_supervisord()

    def stop(self) -> None:
        """Stop everything in order: programs, broker, port mapper, supervisord. Data, keys and logs stay."""
        self._processes.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Stack:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _occupy(self) -> None:
        """Take the folder: refuse a second runner, stop what a killed runner left, check the gateway's port."""
        for folder in (self.layout.folder, self.layout.logs, self.layout.data, self.layout.folder / "files"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = (self.layout.folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Fault("已在运行", f"Zhaohui already runs in {self.layout.folder}") from None
        self._processes.end_previous()
        if not is_free(self.layout.port):
            raise Fault(
                f"端口 {self.layout.port} 已被占用",
                f"port {self.layout.port} is taken: free it, or choose another with ZHAOHUI_PORT",
            )

    # --- its programs ----------------------------------------------------------------------------------------------

    def run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `python -m <program> <arguments>` in the program's environment; with `check` a failure is a Fault."""
        return self.deployment.run(program, *arguments, check=check)

    def environment(self, program: str) -> dict[str, str]:
        """The variables of one service or of the gateway."""
        return self.deployment.environment(program)

    def amqp_url(self, user: str) -> str:
        """The broker's address for one user."""
        return self.deployment.amqp_url(user)

    def log_text(self, program: str) -> str:
        """Everything a program has printed so far."""
        return self.deployment.log_text(program)

    # --- faults for tests ------------------------------------------------------------------------------------------

    def kill(self, name: str) -> int:
        """Kill a program and its children (SIGKILL); supervisord starts it again. Returns the killed pid, 0 for none."""
        return self._processes.kill(name)

    def wait(self, *names: str, timeout: float = UP_SECONDS) -> None:
        """Wait until these programs (all, where none is named) serve again after `kill`. Raises Fault."""
        self._processes.wait_restarted(names or (BROKER, *self.layout.programs), timeout)

    def halt(self, name: str) -> None:
        """Stop a program until `resume`."""
        self._processes.stop_programs([name])

    def resume(self, name: str) -> None:
        """Start a halted program and wait until it serves."""
        self._processes.start_programs([name])
