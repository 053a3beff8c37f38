"""The stack with stubs for its programs: a killed one is restarted, and a failed start leaves nothing running."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from stubs import write

from ops.faults import Fault
from ops.layout import GATEWAY, Layout, scratch
from ops.ports import HOST, is_free
from ops.runtime import disk, stamps
from ops.runtime.broker import PrivateBroker
from ops.runtime.deployment import BROKER, EPMD
from ops.runtime.stack import Stack
from ops.runtime.supervisord import socket_path


def running_from(folder: Path) -> list[str]:
    """Command lines of running processes that have `folder` in their command line or environment."""
    mark = str(folder).encode()
    command_lines = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command_line = (entry / "cmdline").read_bytes()
                if mark in command_line or mark in (entry / "environ").read_bytes():
                    command_lines.append(command_line.replace(b"\0", b" ").decode())
            except OSError:
                continue
    return command_lines


def stub_layout(tmp_path: Path, before_run: str = "pass") -> Layout:
    layout = scratch(tmp_path / "stack", services=("notify", "recall"), profile="test")
    return replace(layout, python_path=write(tmp_path / "stubs", "notify", "recall", before_run=before_run))


def test_a_killed_program_is_restarted_and_a_stopped_stack_leaves_nothing(tmp_path: Path) -> None:
    layout = stub_layout(tmp_path)
    with Stack(layout) as stack:
        for name in ("notify", GATEWAY, BROKER):
            killed = stack.kill(name)
            stack.wait(name)
            assert stack.supervisor.pid(name) != killed
        stack.wait()
        stack.halt("recall")
        assert stack.supervisor.pid("recall") == 0
        stack.resume("recall")
        assert "recall serves" in stack.log_text("recall")
    assert all(is_free(port) for port in (layout.port, layout.broker_port, layout.epmd_port))
    assert running_from(layout.folder) == []


def test_a_second_start_keeps_the_data_and_skips_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "source_digest", lambda program: f"the sources of {program}")
    layout = stub_layout(tmp_path)
    with Stack(layout):
        pass
    key = (layout.keys / "token-private.pem").read_bytes()
    with Stack(layout):
        pass
    assert (layout.data / "notify.db").read_text() == "migrated\n"
    assert (layout.keys / "token-private.pem").read_bytes() == key


def test_keys_and_configuration_are_for_their_owner_only(tmp_path: Path) -> None:
    layout = stub_layout(tmp_path)
    with Stack(layout):
        for path in (*layout.keys.iterdir(), layout.folder / "supervisord.conf", layout.folder / "definitions.json"):
            assert path.stat().st_mode & 0o077 == 0, path


def test_a_second_runner_in_the_same_folder_is_refused_and_the_first_continues(tmp_path: Path) -> None:
    layout = stub_layout(tmp_path)
    with Stack(layout) as running:
        with pytest.raises(Fault, match="already runs"):
            Stack(layout).start()
        assert running.supervisor.answers()
        running.wait()


@pytest.mark.parametrize("which", ["port", "broker_port", "dist_port", "epmd_port"])
def test_a_taken_port_is_one_line_and_nothing_is_left(tmp_path: Path, which: str) -> None:
    layout = stub_layout(tmp_path)
    port = getattr(layout, which)
    with socket.create_server((HOST, port)), pytest.raises(Fault, match=rf"port {port}\b.* taken") as raised:
        Stack(layout).start()
    assert "\n" not in str(raised.value)
    assert running_from(layout.folder) == []


def test_a_service_that_does_not_come_up_is_named_with_its_last_line(tmp_path: Path) -> None:
    layout = stub_layout(tmp_path, before_run="sys.exit('the rulebook has no clause')")
    with pytest.raises(Fault, match="notify does not come up: the rulebook has no clause"):
        Stack(layout).start()
    assert running_from(layout.folder) == []


def test_a_broker_that_does_not_come_up_is_one_line_and_nothing_is_left(tmp_path: Path) -> None:
    layout = stub_layout(tmp_path)
    cookie = layout.folder / BROKER / "home" / ".erlang.cookie"
    cookie.parent.mkdir(parents=True)
    cookie.write_text("SECRET")
    cookie.chmod(0o644)  # Erlang refuses a cookie that others may read
    with pytest.raises(Fault) as raised:
        Stack(layout).start()
    assert "broker" in str(raised.value) and "\n" not in str(raised.value)
    assert running_from(layout.folder) == []


def test_a_migration_that_fails_is_reported_with_its_reason(tmp_path: Path) -> None:
    layout = stub_layout(tmp_path)
    (layout.data / "notify.db").mkdir(parents=True)
    with pytest.raises(Fault, match=r"notify migrate failed: .*Is a directory"):
        Stack(layout).start()
    assert running_from(layout.folder) == []


def test_a_full_disk_is_refused_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "NEEDED", 2**62)
    with pytest.raises(Fault, match=r"disk of .* is full"):
        disk.require_space(tmp_path, disk.NEEDED)


def test_a_write_to_a_full_disk_is_reported_as_such(tmp_path: Path) -> None:
    full = Path("/dev/full")
    with pytest.raises(OSError) as raised, full.open("w", buffering=1) as file:
        file.write("召回\n")
    assert "is full" in str(disk.fault_of(raised.value, tmp_path))


def test_programs_do_not_inherit_variables_of_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///elsewhere.db")
    monkeypatch.setenv("RABBITMQ_NODENAME", "rabbit@elsewhere")
    layout = stub_layout(tmp_path)
    with Stack(layout) as stack:
        assert Path("/proc", str(stack.supervisor.pid("notify")), "environ").read_bytes().count(b"elsewhere") == 0
        assert stack.supervisor.pid(EPMD) > 0


def test_the_socket_of_a_deep_folder_still_fits(tmp_path: Path) -> None:
    deep = tmp_path / ("深" * 40)
    assert len(str(socket_path(deep)).encode()) <= 107
    assert socket_path(deep) == socket_path(deep)


def test_an_external_broker_gets_the_same_queues(tmp_path: Path) -> None:
    with PrivateBroker(tmp_path / "external") as external:
        layout = replace(stub_layout(tmp_path), amqp_url=external.url())
        with Stack(layout) as stack:
            assert BROKER not in stack.supervisor.names()
            stack.wait("notify", "recall", GATEWAY)
