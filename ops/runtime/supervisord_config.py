"""supervisord's configuration file, generated from a list of programs."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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
stopwaitsecs={stop_seconds}
stopasgroup=false
killasgroup=true
stdout_logfile={log}
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=1
redirect_stderr=true
"""


@dataclass(frozen=True)
class Program:
    """One process that supervisord restarts when it exits.

    `stop_seconds`: how long it may take to stop before it is killed. `priority`: a lower one is stopped later.
    """

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_seconds: int = 10
    priority: int = 10


def configuration(programs: list[Program], folder: Path, root: Path, logs: Path, socket_file: Path) -> str:
    """The text of supervisord.conf. `%` and quotes in values are escaped as supervisor demands."""
    text = HEAD.format(socket=_plain(socket_file), root=_plain(root), logs=_plain(logs), folder=_plain(folder))
    for program in programs:
        text += PROGRAM.format(
            name=program.name,
            command=_plain(shlex.join(program.command)),
            root=_plain(root),
            environment=",".join(f'{key}="{_quoted(value)}"' for key, value in program.environment.items()),
            stop_seconds=program.stop_seconds,
            priority=program.priority,
            log=_plain(program.log),
        )
    return text


def _plain(value: object) -> str:
    return str(value).replace("%", "%%")


def _quoted(value: str) -> str:
    return _plain(value).replace("\\", "\\\\").replace('"', '\\"')
