"""What every service says of itself, asked on the command line, with no broker and no process left behind."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ops.faults import Fault
from ops.generate import keys
from ops.layout import ROOT, Layout, scratch

NOWHERE = "amqp://localhost"
"""Describing needs an address of a broker in the configuration, and never connects to it."""


@contextmanager
def bench() -> Iterator[Layout]:
    """A scratch house with keys and nothing running, for commands that only read the sources."""
    with tempfile.TemporaryDirectory(prefix="zhaohui-") as folder:
        layout = scratch(Path(folder))
        layout.data.mkdir()
        keys.make(layout)
        yield layout


def environment(layout: Layout, program: str) -> dict[str, str]:
    """The environment for a command of the program that only reads the sources."""
    return {**os.environ, **layout.environment(program, NOWHERE)}


def ask(layout: Layout, program: str, *arguments: str) -> str:
    """What `python -m <program> <arguments>` prints. Raises Fault when it fails."""
    command = [layout.python, "-m", program, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(layout, program), capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip() or "nothing was said").splitlines()[-1]
        raise Fault(f"{program} {arguments[0]} 失败", f"python -m {program} {' '.join(arguments)} failed: {last}")
    return done.stdout


def all_of(layout: Layout) -> dict[str, dict[str, Any]]:
    """Service → its description (docs/architecture.md, `describe`)."""
    with ThreadPoolExecutor(2) as pool:
        told = pool.map(lambda service: json.loads(ask(layout, service, "describe")), layout.services)
        return dict(zip(layout.services, told, strict=True))
