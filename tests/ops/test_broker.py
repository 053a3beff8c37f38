"""The private node: it starts again after SIGKILL, and a node that does not come up leaves no process."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from ops.ports import HOST, free_ports, is_free
from ops.runtime.broker import BrokerFault, PrivateBroker


def processes_of(folder: Path) -> list[str]:
    """Command lines of running processes whose environment names `folder` as their home."""
    mark = f"HOME={folder}".encode()
    command_lines = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark in (entry / "environ").read_bytes():
                    command_lines.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
    return command_lines


def test_a_killed_broker_starts_again_on_the_same_ports(tmp_path: Path) -> None:
    with PrivateBroker(tmp_path) as broker:
        first = broker.pid
        broker.kill()
        assert not broker.ready()
        broker.start()
        assert broker.ready() and broker.pid != first
    assert is_free(broker.port) and is_free(broker.epmd_port)
    assert processes_of(tmp_path) == []


def test_a_taken_port_is_reported_in_one_line_and_nothing_is_started(tmp_path: Path) -> None:
    port = free_ports(1)[0]
    with socket.create_server((HOST, port)), pytest.raises(BrokerFault, match=f"port {port} .* is taken"):
        PrivateBroker(tmp_path, port=port).start()
    assert processes_of(tmp_path) == []


def test_definitions_that_are_no_json_are_refused_before_anything_starts(tmp_path: Path) -> None:
    broken = tmp_path / "definitions.json"
    broken.write_text("{not json")
    with pytest.raises(BrokerFault, match=r"definitions .* cannot be read"):
        PrivateBroker(tmp_path / "node", definitions=broken).start()
    assert processes_of(tmp_path / "node") == []


def test_a_node_that_fails_at_boot_is_reported_in_one_line_and_leaves_nothing_running(tmp_path: Path) -> None:
    cookie = tmp_path / "home" / ".erlang.cookie"
    cookie.parent.mkdir()
    cookie.write_text("SECRET")
    cookie.chmod(0o644)  # Erlang refuses a cookie that others may read
    broker = PrivateBroker(tmp_path)
    with pytest.raises(BrokerFault) as raised:
        broker.start()
    assert "did not come up" in str(raised.value) and "\n" not in str(raised.value)
    assert processes_of(tmp_path) == []
    assert is_free(broker.port) and is_free(broker.epmd_port)
