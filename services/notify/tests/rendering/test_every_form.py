"""Every form is printed with invented facts: the text can be read back, the same paper gives the same bytes."""

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from notify.rendering import fonts
from notify.rendering.forms import TEMPLATES, table
from notify.rendering.paper import paper
from notify.rendering.pdf import NotPrinted, print_paper, render

BOOK = yaml.safe_load((Path(__file__).parents[1] / "papers.yaml").read_text("utf-8"))


def page_of(kind: str) -> dict[str, Any]:
    return paper(BOOK["defaults"] | {"kind": kind} | BOOK["papers"][kind])


def text_of(pdf: bytes) -> str:
    """The text of a PDF without spaces and line ends."""
    program = shutil.which("pdftotext") or pytest.skip("poppler-utils is not installed")
    read = subprocess.run([program, "-", "-"], input=pdf, capture_output=True, check=True, timeout=30)
    return "".join(read.stdout.decode("utf-8").split())


def test_the_sample_papers_use_every_layout() -> None:
    used = {page_of(kind)["template"] for kind in BOOK["papers"]}
    layouts = {form.template for form in table().values()}
    assert used == layouts
    assert layouts <= {path.stem for path in TEMPLATES.glob("*.typ")}


@pytest.mark.parametrize("kind", BOOK["papers"])
def test_the_sample_gives_all_that_the_form_needs(kind: str) -> None:
    page = page_of(kind)
    assert page["missing"] == []
    form = table()[kind]
    given = set(BOOK["papers"][kind]["fields"])
    assert form.template == "plain" or given <= set(form.needs) | set(form.may)


@pytest.mark.parametrize("kind", BOOK["papers"])
def test_the_printed_text_is_the_paper_in_chinese(kind: str) -> None:
    page = page_of(kind)
    text = text_of(render(page))
    assert "".join(page["title"].split()) in text
    assert page["date"] in text
    assert "格式待核" in text
    for words in [page["number"], page["issuer"], page["addressee"], *page["facts"].values()]:
        for part in words if isinstance(words, list) else [words]:
            assert "".join(part.rstrip("。").split()) in text, part
    assert fonts.unprintable(str(page)) == []


def test_the_same_paper_gives_the_same_bytes_also_in_a_child_process() -> None:
    page = page_of("召回通知书")
    here, child = render(page), print_paper(page)
    assert hashlib.sha256(here).hexdigest() == hashlib.sha256(child.pdf).hexdigest()
    assert child.unprintable == []
    other = render(page | {"date": "2026年7月7日", "signed_on": "2026-07-07"})
    assert hashlib.sha256(here).hexdigest() != hashlib.sha256(other).hexdigest()


def test_a_character_that_no_font_has_is_reported_not_printed_silently() -> None:
    printed = print_paper(page_of("召回通知书") | {"addressee": "示例\U0002a6d6厂"})
    assert printed.unprintable == ["\U0002a6d6"]


def test_markup_in_a_fact_is_printed_as_it_is() -> None:
    hostile = '#import "x" $a$ *b* <c> @d [e] \\f "g"'
    page = paper(BOOK["defaults"] | {"kind": "会商纪要", "fields": {"outcome": hostile}})
    assert "".join(hostile.split()) in text_of(render(page)).replace("“", '"').replace("”", '"')


def test_a_layout_that_fails_says_so() -> None:
    with pytest.raises(NotPrinted, match="recall-notice"):
        render(page_of("召回通知书") | {"facts": {}})


def test_a_missing_chinese_font_is_a_clear_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "PREFERRED", ("No Such Face",))
    assert "fonts-arphic-gbsn00lp" in str(fonts.check())
    with pytest.raises(fonts.NoChineseFont, match="fonts-noto-cjk"):
        render(page_of("召回通知书"))
