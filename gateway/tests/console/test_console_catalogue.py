"""The Chinese catalogue is complete, and the compiled file equals the written one."""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

GATEWAY = Path(__file__).resolve().parents[2]
CATALOGUE = GATEWAY / "gateway/translations/zh/LC_MESSAGES/messages.po"


def test_every_text_of_the_pages_has_its_chinese() -> None:
    methods = [("gateway/console/**.py", "python"), ("gateway/templates/**.html", "jinja2")]
    used = {message for _, _, message, _, _ in extract_from_dir(GATEWAY, methods)}
    with CATALOGUE.open("rb") as file:
        known = {message.id for message in read_po(file) if message.id and message.string}
    assert used == known


def test_the_compiled_catalogue_is_the_written_one() -> None:
    compiled = io.BytesIO()
    with CATALOGUE.open("rb") as file:
        write_mo(compiled, read_po(file))
    assert CATALOGUE.with_suffix(".mo").read_bytes() == compiled.getvalue()
