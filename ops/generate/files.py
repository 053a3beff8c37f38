"""Generated files: written where they differ, or, when only checking, reported as out of date."""

from __future__ import annotations

from pathlib import Path

from ops.layout import ROOT


class GeneratedFiles:
    """Writes generated files and collects the names of those that differed. With `check` nothing is written."""

    def __init__(self, check: bool) -> None:
        self.check = check
        self.differing: list[str] = []

    def put(self, path: Path, text: str) -> None:
        """Give the file this text."""
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return
        self._note(path)
        if not self.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def remove_others(self, folder: Path, names: set[str]) -> None:
        """Remove every file below the folder but these (paths relative to it)."""
        for path in sorted(folder.rglob("*")) if folder.exists() else []:
            if path.is_file() and str(path.relative_to(folder)) not in names:
                self._note(path)
                if not self.check:
                    path.unlink()

    def report(self, command: str) -> int:
        """Print what differed; returns the exit code: 1 where a check met a difference."""
        for name in self.differing:
            print(f"  {'已过时 out of date' if self.check else '已更新 updated'}: {name}")
        if self.check and self.differing:
            print(f"请运行 {command} 并提交 / run {command} and commit what it writes")
            return 1
        return 0

    def _note(self, path: Path) -> None:
        self.differing.append(str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path))
