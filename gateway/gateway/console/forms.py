"""Forms made from JSON Schemas: a tree of fields to draw, and the submitted form read back as JSON.

Nothing here depends on an act. What a person typed is never lost: a value that does not fit its type stays as text, and the
service that takes the act says what is wrong with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

Schema = Mapping[str, Any]
Options = list[Mapping[str, str]]  # the choices of the moment: {value, zh, en}
Keep = Callable[[FileStorage], dict[str, Any]]  # an uploaded file → {hash, name, size, media_type}

LONG_TEXT = 200  # a text that may be longer than this gets several lines
WIDE_ROW = 6  # a row with more fields than this may also be read from a file
FILE_PARTS = ("hash", "name", "size", "media_type")


@dataclass
class Choice:
    """One value a field may take, with its two texts."""

    value: str
    zh: str
    en: str


@dataclass
class Field:
    """One field as it is drawn. `kind` is text, long, date, datetime, integer, number, money, boolean, choice, choices, file,
    object or rows; `children` are an object's fields; `rows` are the filled rows of a list, `blank` is an empty one."""

    path: str
    kind: str
    zh: str
    en: str
    help_zh: str = ""
    help_en: str = ""
    required: bool = False
    enforced: bool = False  # whether the browser may insist: not inside rows and groups that can stay empty
    value: Any = None
    errors: list[str] = field(default_factory=list)
    options: list[Choice] = field(default_factory=list)
    children: list[Field] = field(default_factory=list)
    rows: list[Field] = field(default_factory=list)
    blank: Field | None = None
    limits: dict[str, Any] = field(default_factory=dict)
    mark: str = ""
    past: bool = False
    unit: str = ""
    from_file: bool = False  # rows that may also come as a JSON list in a file
    bare: bool = False  # an item of a list without a name of its own: it takes the list's label

    @property
    def key(self) -> str:
        """The path as an HTML id."""
        return "f-" + (self.path.replace(".", "-") or "form")

    @property
    def faulty(self) -> bool:
        """Whether this field or one below it was refused."""
        return bool(self.errors) or any(inner.faulty for inner in (*self.children, *self.rows))


@dataclass(frozen=True)
class _Making:
    """What is the same for every field of one form."""

    definitions: Mapping[str, Schema]
    choices: Mapping[str, Options]
    errors: Mapping[str, list[str]]


def fields_of(
    schema: Schema,
    data: Mapping[str, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
    choices: Mapping[str, Options] | None = None,
) -> list[Field]:
    """The fields of an act's schema, filled with `data`; `choices` are the choices of the moment, field path → options."""
    making = _Making(schema.get("$defs", {}), choices or {}, errors or {})
    top = _resolve(schema, making.definitions)
    return _children(top, "", data or {}, making, True)


def loose_errors(fields: Iterable[Field], errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The errors that no drawn field shows: the page shows them above the form."""
    shown: set[str] = set()
    for item in walk(fields):
        if item.errors:
            shown.add(item.path)
    return {path: texts for path, texts in errors.items() if path not in shown}


def walk(fields: Iterable[Field]) -> Iterable[Field]:
    """Every field of a form, outer before inner."""
    for item in fields:
        yield item
        yield from walk(item.children)
        yield from walk(item.rows)


def _resolve(schema: Schema, definitions: Mapping[str, Schema]) -> dict[str, Any]:
    """The schema with its references followed and its `allOf` and nullable `anyOf` folded in; its own texts win."""
    resolved: dict[str, Any] = {}
    parts = [*schema.get("allOf", ())]
    parts += [part for key in ("anyOf", "oneOf") for part in schema.get(key, ()) if part.get("type") != "null"][:1]
    if "$ref" in schema:
        parts.append(definitions[str(schema["$ref"]).rpartition("/")[2]])
    for part in parts:
        resolved |= _resolve(part, definitions)
    return resolved | {
        key: value for key, value in schema.items() if key not in ("$ref", "allOf", "anyOf", "oneOf", "$defs")
    }


def _type(schema: Schema) -> str:
    name = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(name, list):
        name = next((one for one in name if one != "null"), "string")
    return str(name)


def _kind(schema: Schema, offered: Options | None) -> str:
    """The kind of field a resolved schema is drawn as."""
    kind = _type(schema)
    widget = schema.get("x-widget", "")
    if widget == "file" or set(FILE_PARTS) <= set(schema.get("properties", {})):
        return "file"
    if kind == "array":
        items = schema.get("items", {})
        return "choices" if offered is not None or items.get("enum") else "rows"
    if offered is not None or schema.get("enum"):
        return "choice"
    if kind in ("object", "boolean", "number"):
        return kind
    if kind == "integer":
        return "money" if schema.get("x-unit") == "fen" else "integer"
    if schema.get("format") in ("date", "date-time"):
        return "date" if schema["format"] == "date" else "datetime"
    return "long" if widget in ("long", "textarea") or int(schema.get("maxLength") or 0) > LONG_TEXT else "text"


def _make(schema: Schema, path: str, value: Any, required: bool, making: _Making, insist: bool) -> Field:
    resolved = _resolve(schema, making.definitions)
    plain = ".".join(part for part in path.split(".") if not part.isdigit() and part != "__")
    offered = making.choices.get(plain)
    name = path.rpartition(".")[2]
    form_field = Field(
        path=path,
        kind=_kind(resolved | {"items": _resolve(resolved.get("items", {}), making.definitions)}, offered),
        zh=str(resolved.get("title") or name),
        en=str(resolved.get("x-en") or resolved.get("title") or name),
        help_zh=str(resolved.get("description") or "") if "title" in resolved else "",
        help_en=str(resolved.get("x-help-en") or ""),
        required=required,
        enforced=required and insist,
        value=value if value is not None else resolved.get("default"),
        errors=list(making.errors.get(path, [])),
        mark=str(resolved.get("x-mark") or ""),
        past=bool(resolved.get("x-past")),
        unit=str(resolved.get("x-unit") or ""),
        limits=_limits(resolved),
    )
    if form_field.kind == "object":
        inner = value if isinstance(value, Mapping) else {}
        form_field.children = _children(resolved, path, inner, making, form_field.enforced)
    elif form_field.kind in ("choice", "choices"):
        form_field.options = _options(resolved, offered, making)
    elif form_field.kind == "rows":
        _fill_rows(form_field, resolved, value, making)
    return form_field


def _children(schema: Schema, path: str, data: Mapping[str, Any], making: _Making, insist: bool) -> list[Field]:
    required = schema.get("required", ())
    return [
        _make(inner, f"{path}.{name}" if path else name, data.get(name), name in required, making, insist)
        for name, inner in schema.get("properties", {}).items()
        if not inner.get("readOnly")
    ]


def _fill_rows(form_field: Field, schema: Schema, value: Any, making: _Making) -> None:
    """Give a list its filled rows (at least one to write in) and the empty one that is copied for more."""
    items = schema.get("items", {})
    values = value if isinstance(value, list) and value else [None] * max(1, int(schema.get("minItems") or 0))
    form_field.rows = [
        _make(items, f"{form_field.path}.{index}", item, False, making, False) for index, item in enumerate(values)
    ]
    form_field.blank = _make(items, f"{form_field.path}.__", None, False, making, False)
    form_field.from_file = len(form_field.blank.children) > WIDE_ROW
    for item in (*form_field.rows, form_field.blank):
        item.bare = item.kind != "object"
        if "title" not in _resolve(items, making.definitions):
            item.zh, item.en = form_field.zh, form_field.en


def _options(schema: Schema, offered: Options | None, making: _Making) -> list[Choice]:
    if offered is not None:
        return [
            Choice(str(row["value"]), str(row.get("zh") or row["value"]), str(row.get("en") or row["value"]))
            for row in offered
        ]
    inner = _resolve(schema.get("items", {}), making.definitions) if _type(schema) == "array" else schema
    texts = {str(row["value"]): row for row in inner.get("x-choices", schema.get("x-choices", ()))}
    values = [value for value in inner.get("enum", ()) if value is not None]
    return [
        Choice(
            str(value), str(texts.get(str(value), {}).get("zh", value)), str(texts.get(str(value), {}).get("en", value))
        )
        for value in values
    ]


def _limits(schema: Schema) -> dict[str, Any]:
    """The HTML attributes of a schema's limits."""
    names = {
        "minimum": "min",
        "maximum": "max",
        "maxLength": "maxlength",
        "minLength": "minlength",
        "pattern": "pattern",
    }
    return {names[key]: value for key, value in schema.items() if key in names}


# ── reading a submitted form ──


def read(
    schema: Schema, submitted: MultiDict[str, str], files: MultiDict[str, FileStorage], keep: Keep
) -> dict[str, Any]:
    """The JSON value of a submitted form; `submitted` and `files` are keyed by dotted paths.

    What was left empty is left out, and so are rows in which nothing was written. An upload is stored by `keep` and
    becomes its reference; a reference that the form already carries (fields `…::hash`, `…::name`, …) stays when no new
    file was sent.
    """
    reading = _Reading(schema.get("$defs", {}), submitted, files, keep)
    top = _resolve(schema, reading.definitions)
    return reading.members(top, "") or {}


@dataclass(frozen=True)
class _Reading:
    definitions: Mapping[str, Schema]
    submitted: MultiDict[str, str]
    files: MultiDict[str, FileStorage]
    keep: Keep

    def value(self, schema: Schema, path: str) -> Any:
        resolved = _resolve(schema, self.definitions)
        kind = _kind(resolved | {"items": _resolve(resolved.get("items", {}), self.definitions)}, None)
        if kind == "object":
            return self.members(resolved, path)
        if kind == "file":
            return self.file(path)
        if _type(resolved) == "array":
            return self.items(resolved, path)
        written = str(self.submitted.get(path) or "").replace("\0", "").strip()
        return _typed(kind, written) if written else None

    def members(self, schema: Schema, path: str) -> dict[str, Any] | None:
        members = {}
        for name, inner in schema.get("properties", {}).items():
            value = self.value(inner, f"{path}.{name}" if path else name)
            if value not in (None, [], {}):
                members[name] = value
        return members or None

    def items(self, schema: Schema, path: str) -> Any:
        chosen = [value for value in self.submitted.getlist(path) if value]
        if chosen:
            return chosen
        uploaded = _rows_of(self.files.get(f"{path}::rows"))
        if uploaded is not None:
            return uploaded
        rows = [self.value(schema.get("items", {}), f"{path}.{index}") for index in self.indexes(path)]
        return [row for row in rows if row not in (None, {}, [])]

    def indexes(self, path: str) -> list[int]:
        """The row numbers that fields of this form have below a list."""
        names = [*self.submitted.keys(), *self.files.keys()]
        rests = [name[len(path) + 1 :] for name in names if name.startswith(path + ".")]
        return sorted({int(head) for rest in rests if (head := rest.replace("::", ".").split(".")[0]).isdigit()})

    def file(self, path: str) -> dict[str, Any] | None:
        upload = self.files.get(path)
        if upload is not None and upload.filename:
            return self.keep(upload)
        kept = {part: self.submitted.get(f"{path}::{part}") for part in FILE_PARTS}
        if not kept["hash"]:
            return None
        return kept | {"size": _typed("integer", str(kept["size"] or ""))}


def _rows_of(upload: FileStorage | None) -> Any:
    """The rows in an uploaded JSON file: a list, or an object whose one member is a list; what is neither stays as text."""
    if upload is None or not upload.filename:
        return None
    written = upload.stream.read().decode("utf-8-sig", errors="replace")
    try:
        content = json.loads(written)
    except (ValueError, RecursionError):
        return written[:LONG_TEXT]
    lists = [value for value in content.values() if isinstance(value, list)] if isinstance(content, dict) else []
    return lists[0] if len(lists) == 1 else content


def labels(fields: Iterable[Field]) -> dict[str, Field]:
    """Path → field, for naming the field that an error is about."""
    return {field.path: field for field in walk(fields)}


def _typed(kind: str, written: str) -> Any:
    """The JSON value of what was written, or the text itself where it does not fit."""
    try:
        if kind == "integer":
            return int(written)
        if kind == "money":
            fen = Decimal(written) * 100
            return int(fen) if fen == fen.to_integral_value() else written
        if kind == "number":
            return float(written) if isfinite(float(written)) else written
    except (ValueError, InvalidOperation, OverflowError):
        return written
    if kind == "boolean" and written in ("true", "false"):
        return written == "true"
    return f"{written}:00+08:00" if kind == "datetime" and len(written) == len("2026-07-06T09:30") else written
