"""What the README shows works: its curl examples against a running stack, its links, its commands."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from ops.layout import ROOT
from ops.runtime.stack import Stack

READMES = [ROOT / "README.md", ROOT / "README.zh.md"]
DOCUMENTS = [*READMES, *sorted(ROOT.glob("docs/**/*.md")), *sorted(ROOT.glob("ops/runbooks/*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def examples(text: str) -> str:
    """The shell block with the curl examples."""
    return next(block for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "/acts/report" in block)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_curl_examples_of_the_readme_work_and_end_in_the_refusal_it_shows(readme, stack: Stack) -> None:
    script = examples(readme.read_text(encoding="utf-8")).replace("http://127.0.0.1:8020", stack.url)
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert '"state":"accepted"' in done.stdout
    assert "application/problem+json" in done.stdout
    assert '"code": "wrong-state"' in done.stdout
    assert '"clause": "2(1)"' in done.stdout


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_have_a_target(document) -> None:
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if not link.startswith("http")]
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_readme_names_only_commands_that_make_offers() -> None:
    offered = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for readme in READMES:
        named = set(re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z]+)", readme.read_text(encoding="utf-8")))
        assert named
        assert named <= offered, readme.name
