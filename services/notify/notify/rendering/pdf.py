"""PDF files: a paper is laid out with typst, by `print_paper` in a child process, so that no service loop waits for it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import typst

from notify.rendering import fonts
from notify.rendering.forms import TEMPLATES

DEADLINE = 60  # seconds of machine time for one document


class NotPrinted(Exception):
    """The document could not be printed; the message says why, in words for the registry."""


@dataclass(frozen=True)
class Printed:
    """The PDF, and the characters that no font could show: with any of them it must not be served."""

    pdf: bytes
    unprintable: list[str]


def render(paper: dict[str, Any]) -> bytes:
    """The PDF of a paper; the same paper gives the same bytes, dated on the signing date. Raises NotPrinted."""
    signed = datetime.fromisoformat(paper["signed_on"]).replace(tzinfo=UTC)
    inputs = {
        "paper": json.dumps(paper, ensure_ascii=False, sort_keys=True),
        "fonts": json.dumps(fonts.families(), ensure_ascii=False),
    }
    try:
        return typst.compile(
            str(TEMPLATES / f"{paper['template']}.typ"), root=str(TEMPLATES), sys_inputs=inputs, timestamp=signed
        )
    except typst.TypstError as fault:
        raise NotPrinted(f"{paper['template']}: {fault.message}") from fault


def print_paper(paper: dict[str, Any]) -> Printed:
    """The same in a child process with a deadline. Raises NotPrinted with the child's own words."""
    order = json.dumps(paper, ensure_ascii=False).encode("utf-8")
    try:
        child = subprocess.run([sys.executable, "-m", __name__], input=order, capture_output=True, timeout=DEADLINE)
    except subprocess.TimeoutExpired as late:
        raise NotPrinted(f"not printed within {DEADLINE} s") from late
    message = child.stderr.decode("utf-8", "replace").strip()
    if child.returncode:
        raise NotPrinted(message.splitlines()[-1] if message else f"the child process ended with {child.returncode}")
    return Printed(child.stdout, json.loads(message))


def main() -> int:
    """Read one paper as JSON from standard input; write its PDF to standard output.

    Standard error gets what no font could show, a JSON list; or, with exit code 1, one line that says the fault.
    """
    paper = json.load(sys.stdin.buffer)
    try:
        pdf = render(paper)
    except (NotPrinted, fonts.NoChineseFont) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    sys.stderr.write(json.dumps(fonts.unprintable(json.dumps(paper, ensure_ascii=False))))
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
