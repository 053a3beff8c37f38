"""The whole house as running processes: broker, services, gateway, under one supervisord.

`make run`, `make demo` and the tests use this one machinery. A stack writes only into its own folder and listens only
on the loopback interface; when it cannot start, or is stopped, nothing of it is left running.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import IO

from chassis.core.times import FileClock
from ops.faults import Fault
from ops.generate import keys, topology
from ops.layout import GATEWAY, ROOT, Layout
from ops.ports import answers, is_free
from ops.progress import Progress
from ops.runtime import disk, external_broker, readiness, stamps
from ops.runtime.broker import PrivateBroker
from ops.runtime.supervisord import DOWN, TROUBLED, Program, Supervisor, configuration, socket_path

BROKER, EPMD = "broker", "epmd"
UP_SECONDS = 90.0
STOP_SECONDS = 20.0
PAUSE = 0.1
PR_SET_PDEATHSIG = 1


class Stack:
    """One running house, described by its layout.

    As a context manager it starts and stops. `clock.set(moment)` moves legal time for every process. Raises Fault, with
    nothing left running, when it cannot start.
    """

    def __init__(self, layout: Layout, progress: Progress | None = None) -> None:
        self.layout = layout
        self.progress = progress or Progress(quiet=True)
        self.url = layout.url
        self.clock = FileClock(layout.clock)
        self.supervisor = Supervisor(socket_path(layout.folder))
        self.broker: PrivateBroker | None = None
        self._passwords: dict[str, str] = {}
        self._supervisord: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._killed: dict[str, int] = {}

    @property
    def programs(self) -> tuple[str, ...]:
        """The services and the gateway."""
        return (*self.layout.services, GATEWAY)

    # --- starting and stopping -------------------------------------------------------------------------------------

    def start(self) -> Stack:
        """Bring everything up, step by step; returns when every process is healthy."""
        try:
            self._occupy()
            disk.demand(self.layout.folder)
            with self.progress.step("密钥与定义", "keys and broker definitions"):
                self._prepare()
            with self.progress.step("消息代理与数据库迁移", "broker and migrations"):
                self._supervise()
                with ThreadPoolExecutor(1) as beside:
                    migrated = beside.submit(self.migrate)
                    self._start_broker()
                    migrated.result()
            with self.progress.step("五个服务与网关", "services and gateway"):
                self.start_programs(self.programs)
                self._await(self.ready, GATEWAY, time.monotonic() + UP_SECONDS)
        except OSError as error:
            self.stop()
            raise disk.told(error, self.layout.folder) from error
        except BaseException:
            self.stop()
            raise
        return self

    def ready(self) -> bool:
        """Whether the gateway reaches everything: its database, the files, the broker, each service."""
        return readiness.healthy(f"{self.url}/readyz?all=1")

    def stop(self) -> None:
        """Stop everything in order: programs, broker, port mapper, supervisord. Data, keys and logs stay."""
        if self._supervisord is not None:
            pids: list[int] = []
            if self._supervisord.poll() is None and self.supervisor.answers():
                pids = [pid for name in self.supervisor.names() if (pid := self.supervisor.pid(name))]
                self._stop_programs([name for name in self.programs if name in self.supervisor.names()])
                self.supervisor.shutdown()
            _end(self._supervisord, pids)
            self._supervisord = None
            self.supervisor.socket_file.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def demand_running(self) -> None:
        """Raise Fault when supervisord, which keeps the rest alive, has ended."""
        self._await(lambda: self._supervisord is None or self._supervisord.poll() is None, "supervisord", 0.0)

    def __enter__(self) -> Stack:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- what tests do to it ----------------------------------------------------------------------------------------

    def kill(self, name: str) -> int:
        """End a program, with its children, by kill -9; supervisord starts it again. Returns the pid that died."""
        pid = self.supervisor.pid(name)
        if pid:
            os.killpg(pid, signal.SIGKILL)
            self._killed[name] = pid
        return pid

    def kill_broker(self) -> int:
        """End the broker as a power cut would; supervisord starts it again."""
        return self.kill(BROKER)

    def wait(self, *names: str, timeout: float = UP_SECONDS) -> None:
        """Wait until these programs (all, where none is named) are up again and serve. Raises Fault."""
        deadline = time.monotonic() + timeout
        for name in names or (BROKER, *self.programs):
            self._await(lambda name=name: self._serves(name), name, deadline, patient=True)  # type: ignore[misc]

    def halt(self, name: str) -> None:
        """Stop a program until `resume`: to its neighbours it is away."""
        self._stop_programs([name])

    def resume(self, name: str) -> None:
        """Start a halted program and wait until it serves."""
        self.start_programs([name])

    def restart(self, name: str) -> None:
        """Stop a program in good order and start it again."""
        self.halt(name)
        self.resume(name)

    def run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `python -m <program> <arguments>` in the program's environment; with `check` a failure is a Fault."""
        command = [self.layout.python, "-m", program, *arguments]
        environment = {**_clean_environment(), **self.environment(program)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if check and done.returncode:
            said = _last_line(done.stderr) or _last_line(done.stdout)
            raise Fault(f"{program} {arguments[0]} 失败", f"python -m {program} {' '.join(arguments)} failed: {said}")
        return done

    def service_log(self, name: str) -> str:
        """Everything a program has printed so far."""
        path = self.layout.log(name)
        return path.read_text(errors="replace") if path.exists() else ""

    def amqp_url(self, user: str) -> str:
        """The broker's address for one user."""
        if self.layout.amqp_url:
            return self.layout.amqp_url
        return self._node().url(user)

    def environment(self, program: str) -> dict[str, str]:
        """The variables of one service or of the gateway."""
        return self.layout.environment(program, self.amqp_url(program))

    # --- the steps of starting ---------------------------------------------------------------------------------------

    def migrate(self) -> None:
        """Bring every database to the newest migration; nothing to do when no source has changed since."""
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self._migrate, self.programs))

    def _migrate(self, program: str) -> None:
        with stamps.unless(self.layout.folder, f"migrate-{program}", stamps.sources(program)) as due:
            if due:
                self.run(program, "migrate")

    def _occupy(self) -> None:
        """Make the folder ours: refuse a second runner, end what a dead one left, demand the ports."""
        for folder in (self.layout.folder, self.layout.logs, self.layout.data, self.layout.folder / "files"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = (self.layout.folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Fault("已在运行", f"Zhaohui already runs in {self.layout.folder}") from None
        if self.supervisor.answers():
            self.supervisor.shutdown()
            self._await(lambda: not self.supervisor.answers(), "supervisord", time.monotonic() + 2 * STOP_SECONDS)
        if not is_free(self.layout.port):
            raise Fault(
                f"端口 {self.layout.port} 已被占用",
                f"port {self.layout.port} is taken: free it, or choose another with ZHAOHUI_PORT",
            )

    def _prepare(self) -> None:
        self._passwords = keys.make(self.layout)
        declared = self._declared()
        if self.layout.amqp_url:
            external_broker.declare(self.layout.amqp_url, declared)
            return
        path = topology.write(self.layout.folder / "definitions.json", declared, self._passwords)
        ports = (self.layout.broker_port, self.layout.dist_port, self.layout.epmd_port)
        self.broker = PrivateBroker(self.layout.folder / BROKER, *ports, users=self._passwords, definitions=path)
        self.broker.prepare()
        self.broker.demand_ports()

    def _declared(self) -> list[topology.Declared]:
        """What each service listens to, asked again only when its sources have changed."""
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(self._declared_by, self.layout.services))

    def _declared_by(self, service: str) -> topology.Declared:
        path = self.layout.folder / f"topology-{service}.json"
        with stamps.unless(self.layout.folder, f"topology-{service}", stamps.sources(service)) as due:
            if due or not path.exists():
                environment = {**_clean_environment(), **self.layout.environment(service, "amqp://localhost")}
                path.write_text(json.dumps(topology.declared(service, self.layout.python, environment)))
        answer: topology.Declared = json.loads(path.read_text())
        return answer

    def _supervise(self) -> None:
        path = self.layout.folder / "supervisord.conf"
        path.touch(mode=0o600)
        path.write_text(
            configuration(self._programs(), self.layout.folder, ROOT, self.layout.logs, self.supervisor.socket_file)
        )
        command = [self.layout.python, "-W", "ignore", "-m", "supervisor.supervisord", "-n", "-c", str(path)]
        with self.layout.log("supervisord.out").open("wb") as out:
            self._supervisord = subprocess.Popen(
                command,
                cwd=ROOT,
                env=_clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=_die_with_parent if threading.current_thread() is threading.main_thread() else None,
            )
        self._await(self.supervisor.answers, "supervisord", time.monotonic() + 20)

    def _programs(self) -> list[Program]:
        programs = []
        if self.broker is not None:
            given = {k: v for k, v in self.broker.environment().items() if k.startswith(("RABBITMQ_", "ERL_"))}
            given |= {"HOME": str(self.broker.folder / "home"), "LANG": "C.UTF-8"}
            programs.append(
                Program(EPMD, self.broker.epmd_command(), self.layout.log(EPMD), given, patience=3, priority=1)
            )
            programs.append(
                Program(BROKER, self.broker.command(), self.layout.log(BROKER), given, patience=25, priority=2)
            )
        for name in self.programs:
            command = [self.layout.python, "-m", name, "run"]
            programs.append(Program(name, command, self.layout.log(name), self.environment(name)))
        return programs

    def _start_broker(self) -> None:
        if self.broker is None:
            return
        self.supervisor.start(EPMD)
        port = self.broker.epmd_port
        self._await(lambda: answers(port), EPMD, time.monotonic() + STOP_SECONDS)  # else the node starts one of its own
        self.supervisor.start(BROKER)
        self._await(self.broker.ready, BROKER, time.monotonic() + UP_SECONDS)
        rows = json.loads((self.layout.folder / "definitions.json").read_text())["queues"]
        names, url = [row["name"] for row in rows], self.amqp_url(topology.OPERATOR)
        # A stream is there some moments after the node serves; the rest at once.
        self._await(lambda: not readiness.missing_queues(url, names), BROKER, time.monotonic() + UP_SECONDS)

    def start_programs(self, names: Iterable[str]) -> None:
        """Start programs and wait until each serves. One that dies while we wait is a Fault with its last words."""
        names = list(names)
        for name in names:
            self.supervisor.start(name)
        deadline = time.monotonic() + UP_SECONDS
        for name in names:
            self._await(lambda name=name: self._serves(name), name, deadline)  # type: ignore[misc]

    def _serves(self, name: str) -> bool:
        pid = self.supervisor.pid(name)
        if not pid or pid == self._killed.get(name):
            return False
        if name == BROKER:
            return self._node().ready()
        if name == GATEWAY:
            return readiness.healthy(f"{self.url}/healthz")
        return readiness.consumers(self.amqp_url(topology.OPERATOR), f"rpc-{name}") > 0

    def _stop_programs(self, names: list[str]) -> None:
        for name in names:
            self.supervisor.stop(name)
        deadline = time.monotonic() + STOP_SECONDS
        for name in names:
            self._await(lambda name=name: self.supervisor.state(name) in DOWN, name, deadline)  # type: ignore[misc]

    def _await(self, happened: Callable[[], bool], name: str, deadline: float, patient: bool = False) -> None:
        """Wait for something about a program. Unless `patient`, a program that dies meanwhile is a Fault at once."""
        while not happened():
            if self._supervisord is not None and self._supervisord.poll() is not None:
                words = _last_line(self.layout.log("supervisord.out").read_text(errors="replace"))
                raise Fault("进程管理器没有运行", f"supervisord does not run: {words}")
            if not patient and self._supervisord is not None and name != "supervisord":
                self._demand_alive(name)
            if time.monotonic() > deadline:
                raise Fault(f"{name} 没有按时就绪", f"{name} was not ready in time: {self._last_words(name)}")
            time.sleep(PAUSE)

    def _demand_alive(self, name: str) -> None:
        if self.supervisor.state(name) in TROUBLED:
            raise Fault(f"{name} 没有启动", f"{name} does not come up: {self._last_words(name)}")

    def _last_words(self, name: str) -> str:
        if name == BROKER and self.broker is not None:
            return self.broker.last_words()
        path = self.layout.log(name)
        return f"{_last_line(self.service_log(name)) or 'it said nothing'} (see {path})"

    def _node(self) -> PrivateBroker:
        if self.broker is None:
            raise Fault("没有自己的消息代理", "this stack has no broker of its own")
        return self.broker


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""


def _clean_environment() -> dict[str, str]:
    """The caller's environment without what would steer our processes by accident."""
    ours = ("RABBITMQ_", "ERL_", "ZHAOHUI_")
    names = {"DATABASE_URL", "AMQP_URL", "FILES_URL", "CLOCK", "PROFILE", "SEAL_KEY", "WORKERS", "THREADS", "LISTEN"}
    return {key: value for key, value in os.environ.items() if key not in names and not key.startswith(ours)}


def _die_with_parent() -> None:
    """In the child: be told to stop when the runner dies without having stopped us (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(supervisord: subprocess.Popen[bytes], pids: list[int]) -> None:
    """Wait for supervisord's end; what outlives it is killed."""
    if supervisord.poll() is None:
        try:
            supervisord.wait(STOP_SECONDS + 30)
        except subprocess.TimeoutExpired:
            supervisord.kill()
            supervisord.wait()
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
