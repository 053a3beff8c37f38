"""What the runner prints while it works: one line a step, with its seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Progress:
    """Prints steps as they happen, nothing when `quiet`. `seconds`: what each step took, by its English name."""

    def __init__(self, out: TextIO | None = None, quiet: bool = False) -> None:
        self._out = out or sys.stdout
        self._quiet = quiet
        self.seconds: dict[str, float] = {}

    def print_line(self, line: str = "") -> None:
        """One line, flushed at once."""
        if not self._quiet:
            print(line, file=self._out, flush=True)

    @contextmanager
    def step(self, zh: str, en: str) -> Iterator[None]:
        """A step: its names when it begins, its seconds when it ends without an error."""
        started = time.monotonic()
        if not self._quiet:
            print(f"  {zh} {en} … ", end="", file=self._out, flush=True)
        try:
            yield
        except BaseException:
            self.print_line()
            raise
        self.seconds[en] = time.monotonic() - started
        self.print_line(f"{self.seconds[en]:.1f} s")
