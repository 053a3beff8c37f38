"""Generated files: written when they differ, or, when only checking, told as drift."""

from __future__ import annotations

from pathlib import Path

from ops.layout import ROOT


class Drift:
    """Collects what differs. With `check` nothing is written."""

    def __init__(self, check: bool) -> None:
        self.check = check
        self.differing: list[str] = []

    def put(self, path: Path, text: str) -> None:
        """The file should read so."""
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return
        self._note(path)
        if not self.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def only(self, folder: Path, names: set[str]) -> None:
        """The folder should hold no other file than these (paths relative to it)."""
        for path in sorted(folder.rglob("*")) if folder.exists() else []:
            if path.is_file() and str(path.relative_to(folder)) not in names:
                self._note(path)
                if not self.check:
                    path.unlink()

    def _note(self, path: Path) -> None:
        self.differing.append(str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path))

    def told(self, command: str) -> int:
        """Say what differs; returns the exit code: 1 where a check found drift."""
        for name in self.differing:
            print(f"  {'已过时 out of date' if self.check else '已更新 updated'}: {name}")
        if self.check and self.differing:
            print(f"请运行 {command} 并提交 / run {command} and commit what it writes")
            return 1
        return 0
