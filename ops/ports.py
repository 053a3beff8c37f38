"""Ports on the loopback interface: which are free, and which answer."""

from __future__ import annotations

import random
import socket

HOST = "127.0.0.1"
FIRST, LAST = 20000, 31999
"""Free ports are taken from here: below the range from which Linux takes the ports of outgoing connections."""


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(port: int, timeout: float = 0.3) -> bool:
    """Whether something accepts connections on `port`; waits at most `timeout` seconds."""
    try:
        socket.create_connection((HOST, port), timeout).close()
    except OSError:
        return False
    return True


def free_ports(count: int) -> list[int]:
    """`count` different free ports, at random so that parallel runs seldom take the same. Raises OSError."""
    ports: list[int] = []
    for port in random.sample(range(FIRST, LAST + 1), LAST + 1 - FIRST):
        if is_free(port):
            ports.append(port)
        if len(ports) == count:
            return ports
    raise OSError(f"fewer than {count} ports are free between {FIRST} and {LAST}")
