"""The client of a running supervisord: its XML-RPC interface over a unix socket."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import tempfile
import xmlrpc.client
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

SOCKET_LIMIT = 100
"""Bytes. The path of a unix socket may have 107; a longer folder has its socket in the temporary folder."""

DOWN = (0, 100, 200)  # STOPPED, EXITED, FATAL
TROUBLED = (30, 100, 200)  # BACKOFF, EXITED, FATAL


def socket_path(folder: Path) -> Path:
    """Where supervisord of this folder listens."""
    own = folder / "supervisor.sock"
    if len(str(own).encode()) <= SOCKET_LIMIT:
        return own
    short = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"zhaohui-{os.getuid()}-{short}.sock"


class Supervisor:
    """The commands of a running supervisord that the runtime uses."""

    def __init__(self, socket_file: Path) -> None:
        self.socket_file = socket_file

    def _call(self, method: str, *arguments: Any) -> Any:
        """One call on a connection of its own, so that threads may call at the same time."""
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
            self._call("startProcess", name, False)

    def stop(self, name: str) -> None:
        """Ask a program to stop without waiting for it."""
        with contextlib.suppress(xmlrpc.client.Fault):  # not running
            self._call("stopProcess", name, False)

    def state(self, name: str) -> int:
        """Supervisor's state code of a program."""
        return int(self._call("getProcessInfo", name)["state"])

    def pid(self, name: str) -> int:
        """The process id of a program, 0 when it does not run."""
        return int(self._call("getProcessInfo", name)["pid"])

    def names(self) -> list[str]:
        """The programs in its configuration."""
        return [row["name"] for row in self._call("getAllProcessInfo")]

    def shutdown(self) -> None:
        """Stop every program, then supervisord itself."""
        self._call("shutdown")
