"""The set-up of a machine: the virtual environment with our packages, and the packages of the distribution.

Runs on the system's own Python, before any library is installed: standard library only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.faults import Fault
from ops.layout import PACKAGES, ROOT
from ops.progress import Progress
from ops.runtime import disk

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "zhaohui.json"
LOG = ROOT / "var" / "log" / "setup.log"
LIBRARIES_BYTES = 900 * 1024 * 1024
POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_ASIDE = Path("/usr/sbin/policy-rc.d.zhaohui-aside")
NO_SERVICE_STARTS = "#!/bin/sh\n# Written while packages are installed: no service of theirs is started.\nexit 101\n"

BROKER = ("rabbitmq-server", "/usr/lib/rabbitmq/bin/rabbitmq-server")
FONT = ("fonts-arphic-gbsn00lp", "/usr/share/fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf")
FOR_TESTS = (
    ("postgresql-15", "/usr/lib/postgresql/15/bin/postgres"),
    ("chromium", "/usr/bin/chromium"),
    ("chromium-driver", "/usr/bin/chromedriver"),
    ("poppler-utils", "/usr/bin/pdftotext"),
)


def libraries(progress: Progress, dev: bool) -> None:
    """Make the virtual environment and install everything at its pin; done once for each state of the pins.

    `dev`: also the tools of tests and linters. Raises Fault.
    """
    required = {"run": _state("requirements.txt")} | ({"dev": _state("requirements-dev.txt")} if dev else {})
    installed = json.loads(STAMP.read_text()) if STAMP.exists() else {}
    if all(installed.get(key) == value for key, value in required.items()):
        return
    LOG.parent.mkdir(parents=True, exist_ok=True)
    disk.require_space(ROOT, disk.NEEDED if PYTHON.exists() else LIBRARIES_BYTES)
    if not PYTHON.exists():
        with progress.step("虚拟环境", "virtual environment"):
            _virtual_environment()
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    with progress.step("依赖库（首次约一分钟）", "libraries (about a minute, once)"):
        _run([*pip, "-r", str(ROOT / ("requirements-dev.txt" if dev else "requirements.txt"))], "pip")
    with progress.step("本项目的软件包", "our own packages"):
        ours = [f"--editable={ROOT / name}" for name in PACKAGES if (ROOT / name / "pyproject.toml").exists()]
        _run([*pip, "--no-deps", "--no-build-isolation", "--config-settings=editable_mode=compat", *ours], "pip")
    STAMP.write_text(json.dumps({**installed, **required}))


def distribution(progress: Progress, broker: bool, tests: bool) -> None:
    """Install the distribution's packages that are missing; asks the package manager only then. Raises Fault."""
    packages = (*([BROKER] if broker else []), FONT, *(FOR_TESTS if tests else ()))
    missing = [package for package, path in packages if not Path(path).exists()]
    if not missing:
        return
    names = " ".join(missing)
    if shutil.which("apt-get") is None:
        raise Fault(f"缺少 {names}，且本机没有 apt-get", f"{names}: missing, and this machine has no apt-get")
    if os.geteuid() != 0:
        raise Fault(f"缺少 {names}", f"{names}: missing; install once with: sudo apt-get install {names}")
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with progress.step(f"系统软件包 {names}", "from the distribution"), _no_service_starts():
        apt = ["apt-get", "--quiet", "--yes", "-o", "DPkg::Lock::Timeout=120"]
        _run([*apt, "update"], "apt-get update")
        _run([*apt, "--no-install-recommends", "install", *missing], "apt-get install")


def _virtual_environment() -> None:
    probe = subprocess.run([sys.executable, "-c", "import ensurepip"], capture_output=True, check=False)
    if probe.returncode:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if shutil.which("apt-get") is None or os.geteuid() != 0:
            raise Fault(f"缺少 {package}", f"Python has no ensurepip: install the package {package}")
        _run(["apt-get", "--quiet", "--yes", "update"], "apt-get update")
        _run(["apt-get", "--quiet", "--yes", "--no-install-recommends", "install", package], "apt-get install")
    _run([sys.executable, "-m", "venv", str(VENV)], "venv")


def _state(requirements: str) -> str:
    """SHA-256 over what an installation depends on: pins, our packages' own declarations, folder, Python version."""
    digest = hashlib.sha256(f"{sys.version_info[:3]} {ROOT}".encode())
    for path in (
        ROOT / "requirements.txt",
        ROOT / requirements,
        *(ROOT / name / "pyproject.toml" for name in PACKAGES),
    ):
        digest.update(path.read_bytes() if path.exists() else b"-")
    return digest.hexdigest()


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """Keep the distribution's scripts from starting services while packages are installed (policy-rc.d)."""
    moved = POLICY.exists()
    if moved:
        POLICY.replace(POLICY_ASIDE)
    try:
        POLICY.write_text(NO_SERVICE_STARTS)
        POLICY.chmod(0o755)
        yield
    finally:
        POLICY.unlink(missing_ok=True)
        if moved:
            POLICY_ASIDE.replace(POLICY)


def _run(command: list[str], name: str) -> None:
    """Run a set-up command with its output in the log. Raises Fault with the line that gives the reason."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(command)}\n")
        log.flush()
        begin = log.tell()
        try:
            done = subprocess.run(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment, check=False
            )
        except FileNotFoundError:
            raise Fault(f"没有命令 {command[0]}", f"there is no command {command[0]}") from None
    if done.returncode:
        raise _failure(name, LOG.read_bytes()[begin:].decode(errors="replace"))


def _failure(name: str, output: str) -> Fault:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if any("No space left on device" in line for line in lines):
        return Fault("磁盘已满", f"the disk is full: {name} could not write (see {LOG})")
    errors = [line for line in lines if "error" in line.lower() or line.startswith(("E:", "W:"))]
    reason = (errors or lines or ["it said nothing"])[0 if errors else -1]
    return Fault(f"{name} 失败", f"{name} failed: {reason[:240]} (see {LOG})")


def enter(arguments: list[str]) -> None:
    """Continue in the virtual environment: replaces this process."""
    with contextlib.suppress(ValueError):
        sys.stdout.flush()
    os.execv(str(PYTHON), [str(PYTHON), "-m", "ops", *arguments])
