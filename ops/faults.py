"""Failures of the surroundings, each reported in one line that a person can act on."""

from __future__ import annotations


class Fault(Exception):
    """A failure of the surroundings (a port, a package, the disk, a process), in Chinese with English beside it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
