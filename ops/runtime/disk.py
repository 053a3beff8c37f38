"""Disk space: required before anything starts, and a full disk reported in one line."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from ops.faults import Fault

NEEDED = 400 * 1024 * 1024
"""Bytes: the broker stops taking messages below 100 MB, and a day of use needs some more."""


def require_space(folder: Path, needed: int = NEEDED) -> None:
    """Raise Fault when fewer than `needed` bytes are free for `folder`."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        free_megabytes, needed_megabytes = free // 2**20, needed // 2**20
        raise Fault(
            "磁盘空间不足", f"the disk of {folder} is full: {free_megabytes} MB free, {needed_megabytes} MB needed"
        )


def fault_of(error: OSError, folder: Path) -> Fault:
    """The Fault for an error of the operating system; one of a full disk names the disk of `folder`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Fault("磁盘已满", f"the disk of {folder} is full: {error.strerror}")
    return Fault("系统错误", f"{error.strerror or error}: {error.filename or folder}")
