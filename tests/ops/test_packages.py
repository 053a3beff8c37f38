"""Each package as it is installed in an image: its wheel holds every file of its folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ops.layout import PACKAGES, ROOT

LEFT_OUT = shutil.ignore_patterns("__pycache__", "tests", "build", "*.egg-info", "*.db")


def wheel_of(package: Path, folder: Path) -> Path:
    """Build the wheel from a copy, so that nothing is written beside the sources."""
    copy = folder / "source"
    shutil.copytree(package, copy, ignore=LEFT_OUT)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder, copy],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.parametrize("package", PACKAGES)
def test_a_wheel_holds_everything_the_package_needs(package: str, tmp_path: Path) -> None:
    source = ROOT / package / Path(package).name
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", str(source)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    expected = {str(Path(path).relative_to(package)) for path in tracked if (ROOT / path).exists()}
    with zipfile.ZipFile(wheel_of(ROOT / package, tmp_path)) as wheel:
        missing = expected - set(wheel.namelist())
    assert expected and not missing, sorted(missing)
