"""Set-up steps that are done once: a stamp remembers for which sources."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.layout import GATEWAY, ROOT

SUFFIXES = {".py", ".yaml", ".yml", ".csv", ".json"}


def sources(program: str, root: Path = ROOT) -> str:
    """A digest that changes whenever a source of the program or of the chassis does (name, size, time of change)."""
    own = root / GATEWAY if program == GATEWAY else root / "services" / program
    digest = hashlib.sha256(str(root).encode())
    for folder in (own, root / "chassis"):
        for path in sorted(folder.rglob("*")):
            if path.suffix in SUFFIXES and "tests" not in path.parts:
                told = path.stat()
                digest.update(f"{path}\0{told.st_size}\0{told.st_mtime_ns}\n".encode())
    return digest.hexdigest()


@contextmanager
def unless(folder: Path, step: str, state: str) -> Iterator[bool]:
    """Yield whether the step is due for this state; stamp it when the block ends well."""
    path = folder / "stamps" / step
    due = not path.exists() or path.read_text() != state
    yield due
    if due:
        path.parent.mkdir(exist_ok=True)
        path.write_text(state)


def stamped(folder: Path, step: str) -> bool:
    """Whether the step was ever done."""
    return (folder / "stamps" / step).exists()
