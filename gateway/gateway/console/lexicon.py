"""What the fields of bodies and journal rows are called: the texts of the acts' own schemas, by field name.

A body is made by acts, so that its fields carry the names the acts' schemas gave them. What no schema names is looked up in
`vocabulary.yaml` beside this file; what is not there either is shown by its own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

Texts = Mapping[str, str]
VOCABULARY: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("vocabulary.yaml").read_text(encoding="utf-8"))
CODE = re.compile(r"[a-z][a-z0-9_]*")


class Lexicon:
    """Labels and the texts of values, by field name: the schemas given first win."""

    def __init__(self, schemas: Iterable[Mapping[str, Any]]) -> None:
        self.labels: dict[str, dict[str, str]] = {}
        self.values: dict[str, dict[str, Texts]] = {}
        self.units: dict[str, str] = {}
        for schema in schemas:
            self._learn(schema)
        self.codes = self._codes()

    def _codes(self) -> dict[str, Texts]:
        """Codes that mean the same in every field that has them."""
        found: dict[str, set[tuple[str, str]]] = {}
        for choices in self.values.values():
            for value, texts in choices.items():
                found.setdefault(value, set()).add((texts["zh"], texts["en"]))
        return {
            value: dict(zip(("zh", "en"), next(iter(texts)), strict=True))
            for value, texts in found.items()
            if len(texts) == 1
        }

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
        return self.labels.get(name) or VOCABULARY["fields"].get(name) or {"zh": bare, "en": bare}

    def unit(self, name: str) -> str:
        """The unit of a field's numbers, or nothing."""
        return self.units.get(name) or str(VOCABULARY["fields"].get(name, {}).get("unit", ""))

    def hidden(self, name: str) -> bool:
        """Whether a field serves machines alone."""
        return name in VOCABULARY["hidden"]

    def text(self, name: str, value: Any) -> Texts | None:
        """The texts of a coded value of this field, or None where the value speaks for itself.

        A code that another field's choices explain, all of them alike, is taken from there.
        """
        found = self.values.get(name, {}).get(str(value))
        if found or not CODE.fullmatch(str(value)):
            return found
        known: Texts | None = VOCABULARY["values"].get(str(value))
        return known or self.codes.get(str(value))


def lexicon_of(kinds: Mapping[str, Mapping[str, Any]], kind: str, act: str | None = None) -> Lexicon:
    """The lexicon of one kind of root; where names meet, the schema of `act` wins, then its own kind, then the others.

    Bodies take over what came from other services by events, so that the others' texts stand behind.
    """
    own = [row["schema"] for row in (kinds.get(kind, {}).get("acts") or {}).values() if row.get("schema")]
    first = [kinds[kind]["acts"][act]["schema"]] if act and act in (kinds.get(kind, {}).get("acts") or {}) else []
    others = [
        row["schema"] for other in kinds.values() for row in (other.get("acts") or {}).values() if row.get("schema")
    ]
    made = Lexicon([*first, *own, *others])
    for name, row in kinds.items():
        made.labels.setdefault(name, {"zh": row["zh"], "en": row["en"]})
    return made
