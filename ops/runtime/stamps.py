"""Stamp files for set-up steps that are done once: each holds the state of the sources its step was done for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.layout import GATEWAY, ROOT

SUFFIXES = {".py", ".yaml", ".yml", ".csv", ".json"}


def source_digest(program: str, root: Path = ROOT) -> str:
    """SHA-256 over path, size and time of change of every source of the program and of the chassis."""
    own = root / GATEWAY if program == GATEWAY else root / "services" / program
    digest = hashlib.sha256(str(root).encode())
    for folder in (own, root / "chassis"):
        for path in sorted(folder.rglob("*")):
            if path.suffix in SUFFIXES and "tests" not in path.parts:
                status = path.stat()
                digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


@contextmanager
def once(folder: Path, step: str, state: str) -> Iterator[bool]:
    """Yield whether the step is due for this state; write its stamp when the block ends without an error."""
    path = folder / "stamps" / step
    due = not path.exists() or path.read_text() != state
    yield due
    if due:
        path.parent.mkdir(exist_ok=True)
        path.write_text(state)


def done(folder: Path, step: str) -> bool:
    """Whether the step was ever done in this folder."""
    return (folder / "stamps" / step).exists()
