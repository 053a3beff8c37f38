"""What the Makefile offers beside running the house: tests, linters, generated tables and contracts, measurements."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from ops.faults import Fault
from ops.layout import PACKAGES, ROOT, configured

SUMMARY = re.compile(r"^=*\s*(?:\d+ \w+(?:, )?)+ in [\d.]+s.*$", re.MULTILINE)
TYPED = ("chassis/chassis", "ops")
ACROSS = "tests"
NOTHING_COLLECTED = 5  # pytest's exit code


def do(command: str, arguments: list[str]) -> int:
    """Do one chore; returns the exit code."""
    chores = {
        "test": test,
        "lint": lint,
        "format": tidy,
        "bench": bench,
        "faults": faults,
        "compliance": compliance,
        "contracts": contracts,
        "compose": compose,
        "clean": clean,
    }
    return chores[command](arguments)


def test(arguments: list[str]) -> int:
    """Each package by itself, two at a time; then what goes across services. Ends with pytest's summaries."""
    if arguments:
        return _python("-m", "pytest", *arguments)
    print("· packages: chassis, services, gateway", flush=True)
    with ThreadPoolExecutor(2) as pool:
        alone = list(pool.map(_test_package, [name for name in PACKAGES if (ROOT / name / "tests").is_dir()]))
    print("· across services", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", ACROSS]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        lines = []
        for line in run.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    results = [*alone, (ACROSS, run.returncode, _summary("".join(lines)))]
    print()
    for name, code, summary in results:
        print(f"{'ok    ' if code == 0 else 'FAILED'} {name}")
        print(f"       {summary}", flush=True)
    return max(code for _, code, _ in results)


def _test_package(name: str) -> tuple[str, int, str]:
    command = [sys.executable, "-m", "pytest", "-q", f"{name}/tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    code = 0 if done.returncode == NOTHING_COLLECTED else done.returncode
    said = done.stdout if code else ""
    print(f"· {name}\n{said}{_summary(done.stdout)}", flush=True)
    return name, code, _summary(done.stdout)


def _summary(output: str) -> str:
    """Pytest's last line, or the last line there is."""
    found = SUMMARY.findall(output)
    lines = output.strip().splitlines() or ["nothing was said"]
    return str(found[-1] if found else lines[-1]).strip()


def lint(arguments: list[str]) -> int:
    """Ruff on everything, mypy strict on the chassis and on ops, import-linter on who may import whom."""
    runs = [
        ("ruff", ["-m", "ruff", "check", "."]),
        ("mypy", ["-m", "mypy", *TYPED]),
        ("import-linter", ["-c", "from importlinter.cli import lint_imports_command as c; c()"]),
    ]
    codes = []
    for name, command in runs:
        print(f"· {name}", flush=True)
        codes.append(_python(*command))
    return max(codes)


def tidy(arguments: list[str]) -> int:
    """Put the sources into form."""
    return max(_python("-m", "ruff", "check", "--fix", "."), _python("-m", "ruff", "format", "."))


def bench(arguments: list[str]) -> int:
    """The measurements of tests/bench: those named (http, rpc, relay, subscriber), else all."""
    return _python("-m", "tests.bench", *(arguments or ["all"]))


def faults(arguments: list[str]) -> int:
    """The tests that kill things."""
    return _python("-m", "pytest", "-q", "tests/faults", *arguments)


def compliance(arguments: list[str]) -> int:
    """Write the clause table and the state diagrams; with --check only compare."""
    from ops.generate.compliance import write

    return write(check="--check" in arguments)


def contracts(arguments: list[str]) -> int:
    """Have every service and the gateway write what they promise; with --check fail when contracts/ differs."""
    from ops.generate.contracts import write

    return write(check="--check" in arguments)


def compose(arguments: list[str]) -> int:
    """Write what docker-compose.yml needs: keys, passwords, definitions, environments."""
    from ops.generate.compose import write

    return write()


def clean(arguments: list[str]) -> int:
    """Remove what `make run` keeps; a house that runs is left alone, and so are the keys of docker-compose.yml."""
    folder = configured().folder
    if (folder / "supervisor.sock").exists():
        raise Fault("系统仍在运行", f"the house in {folder} still runs: stop it first")
    for path in folder.iterdir() if folder.exists() else ():
        if path.is_dir() and path.name != "compose":
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
    return 0


def _python(*arguments: str) -> int:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=False).returncode
