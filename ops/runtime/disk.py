"""The disk: room demanded before anything starts, and a full one told in one line."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from ops.faults import Fault

NEEDED = 400 * 1024 * 1024
"""Bytes: the broker stops taking messages below 100 MB, and a day of use needs some more."""


def demand(folder: Path, needed: int = NEEDED) -> None:
    """Raise Fault when there is no room for the data in `folder`."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise full(folder, free, needed)


def full(folder: Path, free: int, needed: int) -> Fault:
    """The one line about a disk that is full."""
    there, wanted = free // 2**20, needed // 2**20
    return Fault("磁盘空间不足", f"the disk of {folder} is full: {there} MB free, {wanted} MB needed")


def told(error: OSError, folder: Path) -> Fault:
    """An error of the operating system as a Fault."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Fault("磁盘已满", f"the disk of {folder} is full: {error.strerror}")
    return Fault("系统错误", f"{error.strerror or error}: {error.filename or folder}")
