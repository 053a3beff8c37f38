"""The table of forms: the layout of each kind of document, whether it is numbered and served, what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"


@dataclass(frozen=True)
class Form:
    """One kind of document. `verified` is false for every form: no prescribed one was seen (article 23)."""

    kind: str
    en: str
    template: str
    clause: str
    word: str
    numbered: bool
    served: bool
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    verified: bool = False

    def missing(self, fields: dict[str, Any]) -> list[str]:
        """The needed facts that `fields` lacks or gives empty, in the form's order."""
        return [name for name in self.needs if fields.get(name) in (None, "", [], {})]


@cache
def table() -> dict[str, Form]:
    """Every form by its Chinese name. Raises ValueError when a row names no template or two kinds share a word."""
    book = yaml.safe_load((HERE / "forms.yaml").read_text("utf-8"))
    forms = {kind: _form(kind, row) for kind, row in book["forms"].items()}
    words = [form.word for form in forms.values() if form.numbered]
    if len(words) != len(set(words)):
        raise ValueError("two numbered forms share one word: their numbers would collide")
    return forms


def form_for(kind: str) -> Form:
    """The form of `kind`; one the table does not know is laid out plainly, its own name the word of its numbers."""
    known = table().get(kind)
    if known:
        return known
    row = yaml.safe_load((HERE / "forms.yaml").read_text("utf-8"))["plain"]
    return _form(kind, row | {"word": kind.removesuffix("书")})


def plain(form: Form) -> Form:
    """The same kind laid out plainly: used when facts its own layout needs are not there."""
    return Form(form.kind, form.en, "plain", form.clause, form.word, form.numbered, form.served)


def _form(kind: str, row: dict[str, Any]) -> Form:
    form = Form(
        kind,
        row["en"],
        row["template"],
        row["clause"],
        row["word"],
        row["numbered"],
        row["served"],
        tuple(row.get("needs", ())),
        tuple(row.get("may", ())),
    )
    if not (TEMPLATES / f"{form.template}.typ").is_file():
        raise ValueError(f"form {kind} names the template {form.template}, which is not there")
    return form
