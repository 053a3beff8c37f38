"""The set-up of a machine: what is missing is reported in one line, what was done is not done again."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ops.faults import Fault
from ops.layout import ROOT
from ops.ports import HOST
from ops.progress import Progress
from ops.runtime import bootstrap, disk

QUIET = Progress(quiet=True)


@pytest.fixture(autouse=True)
def recorded_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Commands are recorded, not run; logs, stamps and the policy file are in a temporary folder."""
    commands: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "_run", lambda command, name: commands.append(command))
    monkeypatch.setattr(bootstrap, "LOG", tmp_path / "setup.log")
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(bootstrap, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(bootstrap, "POLICY_ASIDE", tmp_path / "policy-rc.d.aside")
    monkeypatch.setattr(bootstrap, "BROKER", ("rabbitmq-server", str(tmp_path / "absent")))
    return commands


def test_a_missing_package_without_a_package_manager_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(Fault, match="rabbitmq-server: missing, and this machine has no apt-get") as raised:
        bootstrap.distribution(QUIET, broker=True, tests=False)
    assert "\n" not in str(raised.value)


def test_an_ordinary_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Fault, match="sudo apt-get install rabbitmq-server"):
        bootstrap.distribution(QUIET, broker=True, tests=False)


def test_an_external_broker_needs_no_package(recorded_commands: list[list[str]]) -> None:
    bootstrap.distribution(QUIET, broker=False, tests=False)
    assert not any("rabbitmq-server" in command for command in recorded_commands)


def test_while_packages_are_installed_no_service_of_theirs_starts(
    monkeypatch: pytest.MonkeyPatch, recorded_commands: list[list[str]]
) -> None:
    bootstrap.POLICY.write_text("the machine's own")
    policies: list[str] = []
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(bootstrap, "_run", lambda command, name: policies.append(bootstrap.POLICY.read_text()))
    bootstrap.distribution(QUIET, broker=True, tests=False)
    assert policies and all("exit 101" in policy for policy in policies)
    assert bootstrap.POLICY.read_text() == "the machine's own" and not bootstrap.POLICY_ASIDE.exists()


def test_the_policy_is_put_back_when_the_installation_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(command: list[str], name: str) -> None:
        raise Fault("失败", "no network")

    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(bootstrap, "_run", fail)
    with pytest.raises(Fault, match="no network"):
        bootstrap.distribution(QUIET, broker=True, tests=False)
    assert not bootstrap.POLICY.exists()


def test_libraries_are_installed_once_for_each_state_of_the_pins(
    monkeypatch: pytest.MonkeyPatch, recorded_commands: list[list[str]]
) -> None:
    bootstrap.libraries(QUIET, dev=False)
    done = len(recorded_commands)
    bootstrap.libraries(QUIET, dev=False)
    assert done and len(recorded_commands) == done
    monkeypatch.setattr(bootstrap, "_state", lambda requirements: "other pins")
    bootstrap.libraries(QUIET, dev=False)
    assert len(recorded_commands) == 2 * done


def test_the_tools_of_the_tests_are_added_to_what_runs(recorded_commands: list[list[str]]) -> None:
    bootstrap.libraries(QUIET, dev=True)
    assert set(json.loads(bootstrap.STAMP.read_text())) == {"run", "dev"}
    assert any("requirements-dev.txt" in part for command in recorded_commands for part in command)


def test_too_little_space_for_the_libraries_is_reported_before_anything_is_done(
    monkeypatch: pytest.MonkeyPatch, recorded_commands: list[list[str]]
) -> None:
    monkeypatch.setattr(disk, "NEEDED", 2**62)
    with pytest.raises(Fault, match=r"the disk of .* is full"):
        bootstrap.libraries(QUIET, dev=False)
    assert recorded_commands == []


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("Collecting x\nERROR: Could not install: [Errno 28] No space left on device: '/x'\n", "the disk is full"),
        ("Get:1\nE: Unable to locate package rabbitmq-server\nbye\n", "Unable to locate package rabbitmq-server"),
        ("", "it said nothing"),
    ],
)
def test_a_command_that_fails_is_reported_by_the_line_with_the_reason(output: str, reason: str) -> None:
    line = str(bootstrap._failure("pip", output))
    assert reason in line and "\n" not in line


def run(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m ops run` as a person starts it, without the set-up."""
    variables = {**os.environ, "ZHAOHUI_READY": "1", "ZHAOHUI_VAR": str(tmp_path / "var"), **environment}
    command = [sys.executable, "-m", "ops", "run"]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120, check=False)


def test_a_taken_port_is_one_line_and_not_exit_code_0(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        done = run(tmp_path, ZHAOHUI_PORT=str(port))
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"port {port} is taken" in line and "ZHAOHUI_PORT" in line


def test_a_value_that_is_no_port_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, ZHAOHUI_PORT="eighty")
    assert done.returncode == 1 and "ZHAOHUI_PORT must be a port" in done.stderr


def test_a_broker_that_cannot_be_reached_is_one_line(tmp_path: Path) -> None:
    done = run(tmp_path, AMQP_URL="amqp://guest:guest@127.0.0.1:1//", ZHAOHUI_SERVICES="notify", ZHAOHUI_PORT="28911")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "the broker of AMQP_URL cannot be used" in line


def test_an_unknown_command_lists_the_commands() -> None:
    command = [sys.executable, "-m", "ops", "fly"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "run|demo|test" in done.stderr


def test_the_entrance_starts_on_the_standard_library_alone() -> None:
    """`-S` leaves the libraries of the virtual environment out."""
    command = [sys.executable, "-S", "-c", "import ops.__main__"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
