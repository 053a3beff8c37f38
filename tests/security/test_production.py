"""A production deployment keeps real time: a clock that can be moved is a fault, reported before anything starts."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ops.layout import GATEWAY, SERVICES
from ops.runtime.stack import Stack

pytestmark = pytest.mark.slow


def run(stack: Stack, program: str, command: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """Run a command of a program in its environment, with some variables changed."""
    environment = os.environ | stack.environment(program) | changed
    return subprocess.run(
        [sys.executable, "-m", program, command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("program", [*SERVICES, GATEWAY])
def test_production_refuses_a_clock_that_can_be_moved(stack: Stack, program: str) -> None:
    assert stack.environment(program)["CLOCK"].startswith("file:")
    done = run(stack, program, "run", PROFILE="production", AMQP_URL="amqp://localhost:1")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "CLOCK" in done.stderr and "refused in production" in done.stderr
    assert "Traceback" not in done.stderr


def test_production_with_the_systems_clock_is_in_order(stack: Stack) -> None:
    assert run(stack, "notify", "check", PROFILE="production", CLOCK="system").returncode == 0


def test_production_takes_no_sample_people(stack: Stack) -> None:
    done = run(stack, GATEWAY, "sample", PROFILE="production", CLOCK="system")
    assert done.returncode != 0 and "Traceback" not in done.stderr
