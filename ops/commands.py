"""The commands of the Makefile for development: tests, linters, generated tables and contracts, measurements."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from ops.faults import Fault
from ops.layout import PACKAGES, ROOT, SERVICES, configured

SUMMARY = re.compile(r"^=*\s*(?:\d+ \w+(?:, )?)+ in [\d.]+s.*$", re.MULTILINE)
TYPED = (
    "chassis/chassis",
    *(f"services/{name}/{name}" for name in SERVICES),
    "gateway/gateway",
    "ops",
    "tests/conftest.py",
    "tests/faults",
    "tests/inspection.py",
    "tests/journeys",
    "tests/stack.py",
    "tests/upgrade",
)
ACROSS_SERVICES = "tests"
NOTHING_COLLECTED = 5  # pytest's exit code


def run(command: str, arguments: list[str]) -> int:
    """Run one command; returns the exit code."""
    commands = {
        "test": test,
        "lint": lint,
        "format": format_sources,
        "bench": bench,
        "faults": faults,
        "compliance": compliance,
        "contracts": contracts,
        "compose": compose,
        "clean": clean,
    }
    return commands[command](arguments)


def test(arguments: list[str]) -> int:
    """Test each package alone, two at a time, then across services; prints pytest's summaries at the end."""
    if arguments:
        return _python("-m", "pytest", *arguments)
    print("· packages: chassis, services, gateway", flush=True)
    with ThreadPoolExecutor(2) as pool:
        of_packages = list(pool.map(_test_package, [name for name in PACKAGES if (ROOT / name / "tests").is_dir()]))
    print("· across services", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", ACROSS_SERVICES]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        lines = []
        for line in run.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    results = [*of_packages, (ACROSS_SERVICES, run.returncode, _summary("".join(lines)))]
    print()
    for name, code, summary in results:
        print(f"{'ok    ' if code == 0 else 'FAILED'} {name}")
        print(f"       {summary}", flush=True)
    return max(code for _, code, _ in results)


def _test_package(name: str) -> tuple[str, int, str]:
    command = [sys.executable, "-m", "pytest", "-q", f"{name}/tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    code = 0 if done.returncode == NOTHING_COLLECTED else done.returncode
    details = done.stdout if code else ""
    print(f"· {name}\n{details}{_summary(done.stdout)}", flush=True)
    return name, code, _summary(done.stdout)


def _summary(output: str) -> str:
    """The last summary that pytest printed, or else the last line."""
    summaries = SUMMARY.findall(output)
    lines = output.strip().splitlines() or ["nothing was said"]
    return str(summaries[-1] if summaries else lines[-1]).strip()


def lint(arguments: list[str]) -> int:
    """Ruff on everything, mypy strict on what is in TYPED, import-linter on the import rules."""
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


def format_sources(arguments: list[str]) -> int:
    """Format the sources with ruff."""
    return max(_python("-m", "ruff", "check", "--fix", "."), _python("-m", "ruff", "format", "."))


def bench(arguments: list[str]) -> int:
    """The measurements of tests/bench: those named (http, rpc, relay, subscriber), else all."""
    return _python("-m", "tests.bench", *(arguments or ["all"]))


def faults(arguments: list[str]) -> int:
    """The tests that kill processes in the middle of a journey."""
    return _python("-m", "pytest", "-q", "tests/faults", *arguments)


def compliance(arguments: list[str]) -> int:
    """Write the clause table and the state diagrams; with --check only compare."""
    from ops.generate.compliance import write

    return write(check="--check" in arguments)


def contracts(arguments: list[str]) -> int:
    """Write the contracts of the services and the gateway; with --check only compare."""
    from ops.generate.contracts import write

    return write(check="--check" in arguments)


def compose(arguments: list[str]) -> int:
    """Write what docker-compose.yml mounts: keys, passwords, definitions, environments."""
    from ops.generate.compose import write

    return write()


def clean(arguments: list[str]) -> int:
    """Remove what `make run` keeps, but not the keys of docker-compose.yml. Raises Fault while the system runs."""
    folder = configured().folder
    if (folder / "supervisor.sock").exists():
        raise Fault("系统仍在运行", f"Zhaohui still runs in {folder}: stop it first")
    for path in folder.iterdir() if folder.exists() else ():
        if path.is_dir() and path.name != "compose":
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
    return 0


def _python(*arguments: str) -> int:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=False).returncode
