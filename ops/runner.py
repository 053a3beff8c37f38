"""`make run` and `make demo`: the house on this machine, the sample province in it, and the sample case played."""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from pathlib import Path

from ops import journeys, stamps
from ops.layout import GATEWAY, configured, scratch
from ops.progress import Progress
from ops.stack import Stack


def run() -> int:
    """Start, load, play once, then stay in the foreground until Ctrl-C. Data is kept from run to run."""
    progress = Progress()
    layout = configured()
    progress.say(f"召回 Zhaohui → {layout.folder}")
    started = time.monotonic()
    with Stack(layout, progress) as stack:
        load_sample(stack, progress)
        with stamps.unless(layout.folder, "sample-case", "played") as due:
            if due:
                progress.say()
                journeys.play_one(stack.url, progress.say)
        progress.say(f"\n就绪 ready: {time.monotonic() - started:.1f} s")
        _tell(stack, progress)
        try:
            _until_interrupted(stack)
        except KeyboardInterrupt:
            # A second Ctrl-C must not cut the orderly stop short.
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            progress.say("\n正在停止 stopping …")
    progress.say("已停止 stopped")
    return 0


def demo() -> int:
    """The same in a scratch folder on free ports: every journey with its timeline, then all stopped and removed."""
    progress = Progress()
    folder = Path(tempfile.mkdtemp(prefix="zhaohui-demo-"))
    progress.say(f"演示 demo → {folder}")
    try:
        with Stack(scratch(folder), progress) as stack:
            load_sample(stack, progress)
            journeys.play(stack.url, progress.say)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    progress.say("\n演示完成，全部已停止 / demo done, everything stopped")
    return 0


def load_sample(stack: Stack, progress: Progress) -> None:
    """Load the sample province, once in the life of a folder."""
    with stamps.unless(stack.layout.folder, "sample-province", stamps.sources(GATEWAY)) as due:
        if due:
            with progress.step("示例省份", "sample province"):
                stack.run(GATEWAY, "sample")


def _tell(stack: Stack, progress: Progress) -> None:
    progress.say(f"控制台 console: {stack.url}/")
    for line in journeys.logins():
        progress.say(f"  {line}")
    progress.say("Ctrl-C 停止 / Ctrl-C stops everything")


def _until_interrupted(stack: Stack) -> None:
    while True:
        stack.demand_running()
        time.sleep(1.0)
