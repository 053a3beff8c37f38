"""`make run` and `make demo`: the system on this machine with the sample province, and the sample case played."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from ops import journeys
from ops.faults import Fault
from ops.journeys.problems import Refused
from ops.journeys.scenario import PrintLine
from ops.journeys.waiting import Overdue
from ops.layout import GATEWAY, configured, scratch
from ops.progress import Progress
from ops.runtime import stamps
from ops.runtime.stack import Stack


def run() -> int:
    """Start, load, play once, then stay in the foreground until Ctrl-C. Data is kept from run to run."""
    progress = Progress()
    layout = configured()
    progress.print_line(f"召回 Zhaohui → {layout.folder}")
    started = time.monotonic()
    with Stack(layout, progress) as stack:
        load_sample(stack, progress)
        play_once(stack, progress)
        progress.print_line(f"\n就绪 ready: {time.monotonic() - started:.1f} s")
        _print_logins(stack, progress)
        try:
            _until_interrupted(stack)
        except KeyboardInterrupt:
            progress.print_line("\n正在停止 stopping …")
    progress.print_line("已停止 stopped")
    return 0


def demo() -> int:
    """The same in a temporary folder on free ports: every journey with its timeline, then all is stopped and removed."""
    progress = Progress()
    folder = Path(tempfile.mkdtemp(prefix="zhaohui-demo-"))
    progress.print_line(f"演示 demo → {folder}")
    try:
        with Stack(scratch(folder), progress) as stack:
            load_sample(stack, progress)
            _play(journeys.play_all, stack, progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    progress.print_line("\n演示完成，全部已停止 / demo done, everything stopped")
    return 0


def load_sample(stack: Stack, progress: Progress) -> None:
    """Load the sample province, once in the life of a folder."""
    with stamps.once(stack.layout.folder, "sample-province", stamps.source_digest(GATEWAY)) as due:
        if due:
            with progress.step("示例省份", "sample province"):
                stack.run(GATEWAY, "sample")


def play_once(stack: Stack, progress: Progress) -> None:
    """Play the sample case, once in the life of a folder; one that was interrupted is kept as it is."""
    with stamps.once(stack.layout.folder, "sample-case-begun", "begun") as due:
        pass
    if due:
        progress.print_line()
        with stamps.once(stack.layout.folder, "sample-case", "played"):
            _play(journeys.play_first, stack, progress)
    elif not stamps.done(stack.layout.folder, "sample-case"):
        stack.clock.reset()
        progress.print_line("  示例案件上次没有走完，保留原样；`make clean` 后重新开始")
        progress.print_line("  the sample case was broken off last time and stays as it is; `make clean` begins afresh")


def _play(play: Callable[[str, PrintLine], None], stack: Stack, progress: Progress) -> None:
    """Play journeys. Raises Fault where one does not reach its end."""
    started = time.monotonic()
    try:
        play(stack.url, progress.print_line)
    except (Refused, Overdue, httpx.HTTPError, LookupError) as error:
        raise Fault("示例案件没有走完", f"the sample case stopped: {type(error).__name__} {error}") from error
    progress.seconds["journeys"] = time.monotonic() - started


def _print_logins(stack: Stack, progress: Progress) -> None:
    progress.print_line(f"控制台 console: {stack.url}/")
    for line in journeys.logins():
        progress.print_line(f"  {line}")
    progress.print_line("Ctrl-C 停止 / Ctrl-C stops everything")


def _until_interrupted(stack: Stack) -> None:
    while True:
        stack.require_running()
        time.sleep(1.0)
