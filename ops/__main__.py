"""`python3 -m ops <command>`: the one entrance for what the Makefile offers. Starts on the system's own Python."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path

from ops.faults import Fault
from ops.layout import ROOT
from ops.progress import Progress
from ops.runtime import bootstrap, disk

RUNNING = ("run", "demo")
CHECKING = ("test", "lint", "compliance", "contracts", "bench", "faults", "format", "compose", "clean")
OLDEST = (3, 11)
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupted(number: int, frame: object) -> None:
    """A request to end from outside is treated like Ctrl-C; a second one must not cut the orderly stop short."""
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Set up what is missing, then do the command; a Fault is one line and exit code 1."""
    if not arguments or arguments[0] not in (*RUNNING, *CHECKING):
        print(f"usage: python3 -m ops {'|'.join((*RUNNING, *CHECKING))}", file=sys.stderr)
        return 2
    if sys.version_info < OLDEST:
        print(f"需要 Python 3.11 / Python 3.11 or newer is needed, this is {sys.version.split()[0]}", file=sys.stderr)
        return 1
    for number in ENDINGS:
        signal.signal(number, interrupted)
    try:
        return _do(arguments)
    except Fault as fault:
        print(f"错误 error: {fault}", file=sys.stderr)
        if os.environ.get("LOG_LEVEL") == "DEBUG":
            traceback.print_exception(fault)
        return 1
    except OSError as error:
        print(f"错误 error: {disk.fault_of(error, ROOT)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已中断 / interrupted", file=sys.stderr)
        return 130


def _do(arguments: list[str]) -> int:
    command, rest = arguments[0], arguments[1:]
    progress = Progress()
    if not os.environ.get("ZHAOHUI_READY"):
        everything = command in ("test", "bench", "faults")
        if command in RUNNING or everything:
            bootstrap.distribution(progress, broker=not os.environ.get("AMQP_URL") or everything, tests=everything)
        bootstrap.libraries(progress, dev=command not in RUNNING)
        if Path(sys.prefix).resolve() != bootstrap.VENV.resolve():
            os.environ["ZHAOHUI_READY"] = "1"
            bootstrap.enter(arguments)
    os.environ.pop("ZHAOHUI_READY", None)
    if command in RUNNING:
        from ops.runtime import runner

        return runner.run() if command == "run" else runner.demo()
    from ops import commands

    return commands.do(command, rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
