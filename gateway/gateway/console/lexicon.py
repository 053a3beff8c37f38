"""What the fields of bodies and journal rows are called: the texts of the acts' own schemas, by field name.

A body is made by acts, so that its fields carry the names that the acts' schemas gave them. What the kind's own schemas do
not name is looked up in `translations/vocabulary.yaml`, then in the schemas of other kinds, from which it may have come
by an event; what is nowhere is shown by its own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

Texts = Mapping[str, str]
Kinds = Mapping[str, Mapping[str, Any]]
FILE = Path(__file__).resolve().parent.parent / "translations/vocabulary.yaml"
VOCABULARY: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
CODE = re.compile(r"[a-z][a-z0-9_]*")


class Lexicon:
    """Labels, units and the texts of coded values, by field name: its own before those of the lexicon `behind` it."""

    def __init__(self, schemas: Iterable[Mapping[str, Any]], behind: Lexicon | None = None) -> None:
        self.behind = behind
        self.labels: dict[str, Texts] = {}
        self.values: dict[str, dict[str, Texts]] = {}
        self.units: dict[str, str] = {}
        for schema in schemas:
            self._learn(schema)

    def _learn(self, schema: Any) -> None:
        if isinstance(schema, Mapping):
            for name, row in (schema.get("properties") or {}).items():
                if isinstance(row, Mapping):
                    self._name(str(name), row)
            for inner in schema.values():
                self._learn(inner)
        elif isinstance(schema, list):
            for inner in schema:
                self._learn(inner)

    def _name(self, name: str, row: Mapping[str, Any]) -> None:
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
        return self._find(lambda layer: layer.labels.get(name)) or {"zh": bare, "en": bare}

    def unit(self, name: str) -> str:
        """The unit of a field's numbers, or nothing."""
        return self._find(lambda layer: layer.units.get(name)) or ""

    def hidden(self, name: str) -> bool:
        """Whether a field serves machines alone."""
        return name in VOCABULARY["hidden"]

    def text(self, name: str, value: Any) -> Texts | None:
        """The texts of a coded value of this field, or None where the value speaks for itself.

        A code that this field's choices do not explain is looked up among codes of any field.
        """
        code = str(value)
        names = (name, "") if CODE.fullmatch(code) else (name,)
        texts = (self._find(lambda layer, name=name: layer.values.get(name, {}).get(code)) for name in names)
        return next((found for found in texts if found), None)

    def _find(self, look: Any) -> Any:
        layer: Lexicon | None = self
        while layer is not None:
            found = look(layer)
            if found:
                return found
            layer = layer.behind
        return None


def everywhere(kinds: Kinds) -> Lexicon:
    """What stands behind every kind: the vocabulary and the names of kinds, then the schemas of all kinds together."""
    schemas = Lexicon(schema for kind in kinds for schema in _schemas(kinds, kind))
    schemas.values[""] = _unambiguous(schemas)
    made = Lexicon((), schemas)
    made.labels = {name: {"zh": row["zh"], "en": row["en"]} for name, row in kinds.items()}
    made.labels |= {name: {"zh": row["zh"], "en": row["en"]} for name, row in VOCABULARY["fields"].items()}
    made.units = {name: row["unit"] for name, row in VOCABULARY["fields"].items() if "unit" in row}
    made.values = {"": dict(VOCABULARY["values"])}
    return made


def of_kind(kinds: Kinds, kind: str, behind: Lexicon) -> Lexicon:
    """The lexicon of one kind of root."""
    return Lexicon(_schemas(kinds, kind), behind)


def of_act(kinds: Kinds, kind: str, act: str, behind: Lexicon) -> Lexicon:
    """The lexicon of one act: where names meet, its own schema wins."""
    row = (kinds.get(kind, {}).get("acts") or {}).get(act) or {}
    return Lexicon([row["schema"]] if row.get("schema") else [], behind)


def _schemas(kinds: Kinds, kind: str) -> list[Mapping[str, Any]]:
    return [row["schema"] for row in (kinds.get(kind, {}).get("acts") or {}).values() if row.get("schema")]


def _unambiguous(lexicon: Lexicon) -> dict[str, Texts]:
    """Codes that mean the same in every field that has them."""
    found: dict[str, set[tuple[str, str]]] = {}
    for choices in lexicon.values.values():
        for value, texts in choices.items():
            found.setdefault(value, set()).add((texts["zh"], texts["en"]))
    return {
        value: dict(zip(("zh", "en"), next(iter(texts)), strict=True))
        for value, texts in found.items()
        if len(texts) == 1
    }
