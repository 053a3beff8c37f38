"""Files: a reference is looked up in a view, and a file name is made plain."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from chassis.core.files import Files
from gateway.files import file_in, keep


def test_a_file_is_found_at_any_depth_of_a_view_and_only_as_a_file() -> None:
    file = {"hash": "a" * 64, "name": "x", "size": 1, "media_type": "text/plain"}
    view = {"body": {"rounds": [{"papers": [file]}], "seal": {"hash": "b" * 64}}}
    assert file_in(view, "a" * 64) == file
    assert file_in(view, "b" * 64) is None
    assert file_in(view, "c" * 64) is None


@pytest.mark.parametrize(
    ("given", "kept"), [("../../etc/passwd", "passwd"), ("C:\\x\\y.png", "y.png"), ("a\nb.png", "ab.png"), ("", "file")]
)
def test_a_name_keeps_no_folders_and_no_control_characters(tmp_path: Path, given: str, kept: str) -> None:
    assert keep(Files(str(tmp_path)), io.BytesIO(b"%PDF-1"), given, 100)["name"] == kept
