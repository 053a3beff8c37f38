"""A private RabbitMQ node: own name, ports, data folder and epmd; the system's own node is never started or changed.

The scripts of /usr/lib/rabbitmq/bin are called directly, because those in /usr/sbin demand root or the rabbitmq user.
The node is a child process and runs in the process that was started, so that a signal sent to it reaches Erlang.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from ops.faults import Fault
from ops.generate.topology import user_row
from ops.ports import HOST, answers, free_ports, is_free

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
START_SECONDS = 90.0
STOP_SECONDS = 20.0
HANDSHAKE = b"AMQP\x00\x00\x09\x01"
FULL_RIGHTS = {"vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}

CONFIG = """\
listeners.tcp.default = {host}:{port}
load_definitions = {definitions}
loopback_users = none
log.console = false
log.file = {log}
log.file.level = info
heartbeat = 10
raft.wal_max_size_bytes = 67108864
disk_free_limit.absolute = 100MB
"""


class BrokerFault(Fault):
    """The broker is not installed, cannot have its ports, or did not come up."""


class PrivateBroker:
    """One RabbitMQ node for one caller.

    `folder`: holds its data, logs and cookie; created when missing, kept when stopped.
    `port`, `dist_port`, `epmd_port`: free ones are taken where none is given; the same after `stop`.
    `users`: name → password. Without `definitions` they are created with all rights (default: guest/guest); with
    `definitions` (the path of a definitions file) they only serve `url`.

    As a context manager it starts and stops. A broker that does not come up raises BrokerFault and
    leaves nothing running.
    """

    def __init__(
        self,
        folder: str | Path,
        port: int | None = None,
        dist_port: int | None = None,
        epmd_port: int | None = None,
        users: dict[str, str] | None = None,
        definitions: str | Path | None = None,
    ) -> None:
        self.folder = Path(folder).resolve()
        free = iter(free_ports(5))
        self.port = port or next(free)
        self.dist_port = dist_port or next(free)
        self.epmd_port = epmd_port or next(free)
        self.users = users if users is not None else {"guest": "guest"}
        self.definitions = Path(definitions).resolve() if definitions else None
        self._node: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        """The node's name, unique on this machine like its port."""
        return f"zhaohui-{self.port}@localhost"

    @property
    def log(self) -> Path:
        """The node's own log."""
        return self.folder / "log" / "broker.log"

    @property
    def pid(self) -> int:
        """The process id of the running node."""
        if self._node is None:
            raise BrokerFault("消息代理没有运行", "the broker is not running")
        return self._node.pid

    def url(self, user: str | None = None) -> str:
        """The AMQP URL for `user` (the first one where none is named)."""
        user = user or next(iter(self.users))
        return f"amqp://{quote(user)}:{quote(self.users[user], safe='')}@{HOST}:{self.port}//"

    def ready(self) -> bool:
        """Whether the node answers the AMQP handshake: it listens only after its definitions are loaded."""
        try:
            with socket.create_connection((HOST, self.port), 1.0) as connection:
                connection.settimeout(1.0)
                connection.sendall(HANDSHAKE)
                return connection.recv(1) == b"\x01"
        except OSError:
            return False

    def prepare(self) -> None:
        """Write the folders, the configuration and, where none is given, the definitions. Raises BrokerFault."""
        if not SERVER.exists():
            raise BrokerFault("没有安装 RabbitMQ", f"{SERVER} is missing: install the package rabbitmq-server")
        for name in ("data", "log", "home"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        definitions = self.definitions
        if definitions is None:
            definitions = self.folder / "definitions.json"
            definitions.touch(mode=0o600)
            definitions.write_text(json.dumps(_all_rights(self.users), indent=1))
        _require_readable(definitions)
        text = CONFIG.format(host=HOST, port=self.port, definitions=definitions, log=self.log)
        (self.folder / "rabbitmq.conf").write_text(text)
        (self.folder / "enabled_plugins").write_text("[].\n")

    def environment(self) -> dict[str, str]:
        """The environment of the node and of the command line tools that talk to it."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("RABBITMQ_", "ERL_"))}
        rabbitmq = {
            "NODENAME": self.name,
            "NODE_IP_ADDRESS": HOST,
            "NODE_PORT": str(self.port),
            "DIST_PORT": str(self.dist_port),
            "MNESIA_BASE": str(self.folder / "data"),
            "LOG_BASE": str(self.folder / "log"),
            "CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "CONF_ENV_FILE": str(self.folder / "rabbitmq-env.conf"),
            "ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "PID_FILE": str(self.folder / "broker.pid"),
            "SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ALLOW_INPUT": "1",  # the script then becomes the node itself instead of its parent process
        }
        erlang = {"ERL_EPMD_PORT": str(self.epmd_port), "ERL_EPMD_ADDRESS": HOST}
        erlang["ERL_CRASH_DUMP"] = str(self.folder / "log" / "erl_crash.dump")
        home = {"HOME": str(self.folder / "home"), "LANG": "C.UTF-8"}
        return {**kept, **home, **erlang, **{f"RABBITMQ_{key}": value for key, value in rabbitmq.items()}}

    def command(self) -> list[str]:
        """The command that starts the node in the foreground, in one process."""
        return [str(SERVER), "-noinput"]

    def epmd_command(self) -> list[str]:
        """The command that starts the node's own port mapper in the foreground."""
        return [shutil.which("epmd") or "/usr/bin/epmd", "-port", str(self.epmd_port), "-address", HOST]

    def start(self, timeout: float = START_SECONDS) -> PrivateBroker:
        """Start the node and wait until it serves. Raises BrokerFault, with nothing left running."""
        if self._node is not None and self._node.poll() is None:
            return self
        try:
            self.prepare()
            self.require_free_ports(epmd=self._epmd is None)
            self._spawn()
            self._wait(time.monotonic() + timeout)
        except OSError as error:
            self.stop()
            raise BrokerFault(
                f"消息代理无法在 {self.folder} 启动",
                f"the broker cannot be started there: {error.strerror or error}",
            ) from error
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the node and its port mapper; the data stays."""
        _end(self._node, signal.SIGTERM, STOP_SECONDS)
        _end(self._epmd, signal.SIGTERM, 2.0)
        self._node = self._epmd = None

    def kill(self) -> None:
        """Kill the node (SIGKILL). Its port mapper stays for the next `start`, or until `stop`."""
        _end(self._node, signal.SIGKILL, 5.0)
        self._node = None

    def __enter__(self) -> PrivateBroker:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def require_free_ports(self, epmd: bool = True) -> None:
        """Raise BrokerFault when one of the node's ports is taken."""
        ports = {"AMQP": self.port, "distribution": self.dist_port}
        if epmd:
            ports["epmd"] = self.epmd_port
        for use, port in ports.items():
            if not is_free(port):
                raise BrokerFault(f"端口 {port} 已被占用", f"port {port} ({use} of the broker) is taken")

    def _spawn(self) -> None:
        output = self.folder / "log" / "broker.out"
        environment = self.environment()
        with output.open("wb") as out:
            if self._epmd is None:
                self._epmd = _spawn(self.epmd_command(), environment, out)
                _wait_for(self.epmd_port)
            self._node = _spawn(self.command(), environment, out)

    def _wait(self, deadline: float) -> None:
        while not self.ready():
            if self._node is None or self._node.poll() is not None:
                raise BrokerFault("消息代理没有启动", f"the broker did not come up: {self.failure_reason()}")
            if time.monotonic() > deadline:
                raise BrokerFault(
                    "消息代理没有按时启动", f"the broker did not come up in time: {self.failure_reason()}"
                )
            time.sleep(0.1)

    def failure_reason(self) -> str:
        """The last line of its logs that names an error, with the path of the log."""
        for source in (self.log, self.folder / "log" / "broker.out"):
            with contextlib.suppress(OSError):
                lines = [line.strip() for line in source.read_text(errors="replace").splitlines()]
                errors = [line for line in lines if "error" in line.lower() or "failed" in line.lower()]
                if errors:
                    return f"{errors[-1]} (see {source})"
        return f"it said nothing (see {self.folder / 'log'})"


def _wait_for(epmd_port: int) -> None:
    """Wait for the port mapper: a node that does not reach one starts its own, which would be left running."""
    deadline = time.monotonic() + 10.0
    while not answers(epmd_port):
        if time.monotonic() > deadline:
            raise BrokerFault("端口映射进程没有启动", f"epmd did not come up on port {epmd_port}")
        time.sleep(0.02)


def _require_readable(definitions: Path) -> None:
    """Raise BrokerFault for definitions that are no JSON: the node itself only logs that, and comes up empty."""
    try:
        json.loads(definitions.read_text())
    except (OSError, ValueError) as error:
        raise BrokerFault(
            "消息代理的定义文件无法读取", f"the broker's definitions {definitions} cannot be read: {error}"
        ) from error


def _spawn(command: list[str], environment: dict[str, str], out: object) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches only the runner, which stops the rest in order."""
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
    )


def _end(process: subprocess.Popen[bytes] | None, signal_number: int, seconds: float) -> None:
    """Signal a child and wait for its end; after so many seconds, kill it."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(signal_number)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _all_rights(users: dict[str, str]) -> dict[str, object]:
    return {
        "users": [user_row(name, password) for name, password in users.items()],
        "vhosts": [{"name": "/"}],
        "permissions": [{"user": name, **FULL_RIGHTS} for name in users],
    }
