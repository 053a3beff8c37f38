"""supervisord as we use it: its configuration from our list of programs, and its XML-RPC over a unix socket."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import socket
import tempfile
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

SOCKET_LIMIT = 100
"""A unix socket's path may have 107 bytes; longer folders get their socket in the temporary folder."""

UP = 20  # supervisor's RUNNING
DOWN = (0, 100, 200)  # STOPPED, EXITED, FATAL
TROUBLED = (30, 100, 200)  # BACKOFF, EXITED, FATAL

HEAD = """\
[unix_http_server]
file={socket}
chmod=0700

[supervisord]
nodaemon=true
directory={root}
logfile={logs}/supervisord.log
logfile_maxbytes=5MB
logfile_backups=1
loglevel=info
pidfile={folder}/supervisord.pid
childlogdir={logs}
silent=true
minfds=1024
umask=077

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""

PROGRAM = """
[program:{name}]
command={command}
directory={root}
environment={environment}
priority={priority}
autostart=false
autorestart=true
startsecs=2
startretries=1000
stopsignal=TERM
stopwaitsecs={patience}
stopasgroup=false
killasgroup=true
stdout_logfile={log}
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=1
redirect_stderr=true
"""


@dataclass(frozen=True)
class Program:
    """One process to keep alive.

    `patience`: seconds it may take to stop before it is killed; `priority`: what has a lower one is stopped later.
    """

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    patience: int = 10
    priority: int = 10


def socket_path(folder: Path) -> Path:
    """Where supervisord of this folder listens."""
    own = folder / "supervisor.sock"
    if len(str(own).encode()) <= SOCKET_LIMIT:
        return own
    short = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"zhaohui-{os.getuid()}-{short}.sock"


def configuration(programs: list[Program], folder: Path, root: Path, logs: Path, socket_file: Path) -> str:
    """The text of supervisord.conf. `%` and quotes in values are escaped as supervisor wants them."""
    text = HEAD.format(socket=_plain(socket_file), root=_plain(root), logs=_plain(logs), folder=_plain(folder))
    for program in programs:
        text += PROGRAM.format(
            name=program.name,
            command=_plain(shlex.join(program.command)),
            root=_plain(root),
            environment=",".join(f'{key}="{_quoted(value)}"' for key, value in program.environment.items()),
            patience=program.patience,
            priority=program.priority,
            log=_plain(program.log),
        )
    return text


def _plain(value: object) -> str:
    return str(value).replace("%", "%%")


def _quoted(value: str) -> str:
    return _plain(value).replace("\\", "\\\\").replace('"', '\\"')


class Supervisor:
    """The commands of a running supervisord that we need."""

    def __init__(self, socket_file: Path) -> None:
        self.socket_file = socket_file

    def _ask(self, method: str, *arguments: Any) -> Any:
        """One call on a connection of its own, so that threads may ask at the same time."""
        transport = SupervisorTransport(None, None, f"unix://{self.socket_file}")
        proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        try:
            return getattr(proxy.supervisor, method)(*arguments)
        finally:
            transport.close()

    def answers(self) -> bool:
        """Whether a supervisord listens on the socket."""
        with contextlib.suppress(OSError, xmlrpc.client.Error), socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2.0)
            probe.connect(str(self.socket_file))
            return True
        return False

    def start(self, name: str) -> None:
        """Start a program without waiting for it."""
        with contextlib.suppress(xmlrpc.client.Fault):  # already started
            self._ask("startProcess", name, False)

    def stop(self, name: str) -> None:
        """Ask a program to stop without waiting for it."""
        with contextlib.suppress(xmlrpc.client.Fault):  # not running
            self._ask("stopProcess", name, False)

    def state(self, name: str) -> int:
        """Supervisor's state code of a program."""
        return int(self._ask("getProcessInfo", name)["state"])

    def pid(self, name: str) -> int:
        """The process id of a program, 0 when it does not run."""
        return int(self._ask("getProcessInfo", name)["pid"])

    def names(self) -> list[str]:
        """The programs it knows."""
        return [row["name"] for row in self._ask("getAllProcessInfo")]

    def shutdown(self) -> None:
        """Stop everything, supervisord included."""
        self._ask("shutdown")
