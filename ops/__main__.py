"""`python3 -m ops <command>`: the entrance to every command of the Makefile. Starts on the system's own Python."""

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
DEVELOPMENT = ("test", "lint", "compliance", "contracts", "bench", "faults", "format", "compose", "clean")
NEEDS_EVERYTHING = ("test", "bench", "faults")
MINIMUM_PYTHON = (3, 11)
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt(number: int, frame: object) -> None:
    """Treat a signal to end like Ctrl-C; further ones are ignored, so that the orderly stop is completed."""
    for ignored in END_SIGNALS:
        signal.signal(ignored, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Set up what is missing, then run the command; returns the exit code. A Fault is one line and exit code 1."""
    if not arguments or arguments[0] not in (*RUNNING, *DEVELOPMENT):
        print(f"usage: python3 -m ops {'|'.join((*RUNNING, *DEVELOPMENT))}", file=sys.stderr)
        return 2
    if sys.version_info < MINIMUM_PYTHON:
        print(f"需要 Python 3.11 / Python 3.11 or newer is needed, this is {sys.version.split()[0]}", file=sys.stderr)
        return 1
    for number in END_SIGNALS:
        signal.signal(number, interrupt)
    try:
        return _run(arguments)
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


def _run(arguments: list[str]) -> int:
    """Libraries are imported only after the set-up, in the virtual environment."""
    command, rest = arguments[0], arguments[1:]
    progress = Progress()
    if not os.environ.get("ZHAOHUI_READY"):
        everything = command in NEEDS_EVERYTHING
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

    return commands.run(command, rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
