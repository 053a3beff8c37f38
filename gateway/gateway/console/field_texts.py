"""Labels, units and texts of coded values for the fields of bodies and journal rows, by field name.

A body is made by acts, so that its fields carry the names that the acts' schemas gave them. What the kind's own schemas do
not name is looked up in `translations/vocabulary.yaml`, then in the schemas of other kinds, from which it may have come
by an event; what is nowhere is shown by its own name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml

Texts = Mapping[str, str]
Kinds = Mapping[str, Mapping[str, Any]]
Value = TypeVar("Value")
FILE = Path(__file__).resolve().parent.parent / "translations/vocabulary.yaml"
VOCABULARY: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
CODE = re.compile(r"[a-z][a-z0-9_]*")


class FieldTexts:
    """Labels, units and the texts of coded values, by field name: its own come before those of its `fallback`."""

    def __init__(self, schemas: Iterable[Mapping[str, Any]], fallback: FieldTexts | None = None) -> None:
        self.fallback = fallback
        self.labels: dict[str, Texts] = {}
        self.values: dict[str, dict[str, Texts]] = {}
        self.units: dict[str, str] = {}
        for schema in schemas:
            self._read(schema)

    def _read(self, schema: Any) -> None:
        if isinstance(schema, Mapping):
            for name, row in (schema.get("properties") or {}).items():
                if isinstance(row, Mapping):
                    self._read_field(str(name), row)
            for inner in schema.values():
                self._read(inner)
        elif isinstance(schema, list):
            for inner in schema:
                self._read(inner)

    def _read_field(self, name: str, row: Mapping[str, Any]) -> None:
        if row.get("title"):
            self.labels.setdefault(name, {"zh": str(row["title"]), "en": str(row.get("x-en") or row["title"])})
        choices = row.get("x-choices") or (row.get("items") or {}).get("x-choices") or ()
        for choice in choices:
            self.values.setdefault(name, {}).setdefault(str(choice["value"]), {"zh": choice["zh"], "en": choice["en"]})
        if row.get("x-unit"):
            self.units.setdefault(name, str(row["x-unit"]))

    def label(self, name: str) -> Texts:
        """What a field is called."""
        bare = name.replace("_", " ")
        return self._first(lambda layer: layer.labels.get(name)) or {"zh": bare, "en": bare}

    def unit(self, name: str) -> str:
        """The unit of a field's numbers, or nothing."""
        return self._first(lambda layer: layer.units.get(name)) or ""

    def hidden(self, name: str) -> bool:
        """Whether a field serves machines alone."""
        return name in VOCABULARY["hidden"]

    def text(self, name: str, value: Any) -> Texts | None:
        """The texts of a coded value of this field, or None where the value needs no text.

        A code that this field's choices do not explain is looked up among codes of any field.
        """
        code = str(value)
        texts = self._code_texts(name, code)
        return texts or (self._code_texts("", code) if CODE.fullmatch(code) else None)

    def _code_texts(self, name: str, code: str) -> Texts | None:
        return self._first(lambda layer: layer.values.get(name, {}).get(code))

    def _first(self, look_up: Callable[[FieldTexts], Value | None]) -> Value | None:
        """The first entry that is not empty, of this object, its fallback, the fallback's fallback, and so on."""
        layer: FieldTexts | None = self
        while layer is not None:
            entry = look_up(layer)
            if entry:
                return entry
            layer = layer.fallback
        return None


def texts_of_all_kinds(kinds: Kinds) -> FieldTexts:
    """The fallback of every kind: the vocabulary and the names of kinds, then the schemas of all kinds together."""
    schemas = FieldTexts(schema for kind in kinds for schema in _schemas(kinds, kind))
    schemas.values[""] = _unambiguous(schemas)
    texts = FieldTexts((), schemas)
    texts.labels = {name: {"zh": row["zh"], "en": row["en"]} for name, row in kinds.items()}
    texts.labels |= {name: {"zh": row["zh"], "en": row["en"]} for name, row in VOCABULARY["fields"].items()}
    texts.units = {name: row["unit"] for name, row in VOCABULARY["fields"].items() if "unit" in row}
    texts.values = {"": dict(VOCABULARY["values"])}
    return texts


def texts_of_kind(kinds: Kinds, kind: str, fallback: FieldTexts) -> FieldTexts:
    """The field texts of one kind of root."""
    return FieldTexts(_schemas(kinds, kind), fallback)


def texts_of_act(kinds: Kinds, kind: str, act: str, fallback: FieldTexts) -> FieldTexts:
    """The field texts of one act: where names are equal, its own schema comes first."""
    row = (kinds.get(kind, {}).get("acts") or {}).get(act) or {}
    return FieldTexts([row["schema"]] if row.get("schema") else [], fallback)


def _schemas(kinds: Kinds, kind: str) -> list[Mapping[str, Any]]:
    return [row["schema"] for row in (kinds.get(kind, {}).get("acts") or {}).values() if row.get("schema")]


def _unambiguous(field_texts: FieldTexts) -> dict[str, Texts]:
    """Codes that mean the same in every field that has them."""
    meanings: dict[str, set[tuple[str, str]]] = {}
    for choices in field_texts.values.values():
        for value, texts in choices.items():
            meanings.setdefault(value, set()).add((texts["zh"], texts["en"]))
    return {
        value: dict(zip(("zh", "en"), next(iter(texts)), strict=True))
        for value, texts in meanings.items()
        if len(texts) == 1
    }
