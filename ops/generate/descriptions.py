"""What every service says of itself, asked on the command line, with no broker and nothing left running."""

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

UNUSED_BROKER_URL = "amqp://localhost"
"""The configuration demands a broker's address; commands that only read the sources do not connect to it."""


@contextmanager
def scratch_layout() -> Iterator[Layout]:
    """A temporary layout with keys and nothing running, for commands that only read the sources."""
    with tempfile.TemporaryDirectory(prefix="zhaohui-") as folder:
        layout = scratch(Path(folder))
        layout.data.mkdir()
        keys.make(layout)
        yield layout


def environment(layout: Layout, program: str) -> dict[str, str]:
    """The environment for a command of the program that only reads the sources."""
    return {**os.environ, **layout.environment(program, UNUSED_BROKER_URL)}


def output_of(layout: Layout, program: str, *arguments: str) -> str:
    """What `python -m <program> <arguments>` prints. Raises Fault when it fails."""
    command = [layout.python, "-m", program, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(layout, program), capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = (done.stderr.strip() or "nothing was said").splitlines()[-1]
        raise Fault(f"{program} {arguments[0]} 失败", f"python -m {program} {' '.join(arguments)} failed: {reason}")
    return done.stdout


def of_services(layout: Layout) -> dict[str, dict[str, Any]]:
    """Service → its description (docs/architecture.md, `describe`)."""
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda service: json.loads(output_of(layout, service, "describe")), layout.services)
        return dict(zip(layout.services, answers, strict=True))
