"""What a page calls people, organisations, roots, parts, acts and fields, where it holds only their ids or names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import g

from gateway.console.field_texts import FieldTexts, texts_of_act, texts_of_all_kinds, texts_of_kind
from gateway.console.service_calls import kinds, services
from gateway.services import kind_of
from gateway.wiring import gateway

Row = dict[str, Any]
FIELD_TEXTS_KEPT = 1000
UUID_LENGTH = 36

_field_texts: dict[tuple[str, str, str | None], FieldTexts] = {}


def field_texts(kind: str = "", act: str | None = None) -> FieldTexts:
    """The field texts of a kind, or of one of its acts; kept as long as the services' descriptions stay the same."""
    if "descriptions_hash" not in g:
        g.descriptions_hash = services().hash()
    key = (g.descriptions_hash, kind, act)
    if key not in _field_texts:
        if len(_field_texts) >= FIELD_TEXTS_KEPT:
            _field_texts.clear()
        _field_texts[key] = _make_field_texts(kind, act)
    return _field_texts[key]


def _make_field_texts(kind: str, act: str | None) -> FieldTexts:
    if not kind:
        return texts_of_all_kinds(kinds())
    if act:
        return texts_of_act(kinds(), kind, act, field_texts(kind))
    return texts_of_kind(kinds(), kind, field_texts())


def load_names(ids: Iterable[str]) -> dict[str, Row]:
    """Names of people and organisations by id, kept for this request; unknown ids are left out."""
    known: dict[str, Row] = g.setdefault("names", {})
    missing = {identifier for identifier in ids if identifier and identifier not in known}
    if missing:
        known.update(gateway().accounts.names(sorted(missing)))
    return known


def name_of(identifier: Any) -> Row:
    """The name of a person or an organisation; an unknown one is shown by its id."""
    text = str(identifier or "")
    return load_names([text]).get(text) or {"zh": text, "en": text}


def remember_roots(roots: Iterable[Mapping[str, Any]]) -> None:
    """Keep the numbers and titles of roots that this page has read, for the places that only name their ids."""
    labels: dict[str, str] = g.setdefault("roots", {})
    labels.update({str(root["id"]): str(root.get("number") or root.get("title") or "") for root in roots})


def root_label(identifier: str) -> str:
    """The number or title of a root that this page has read, else the end of its id."""
    labels: dict[str, str] = g.get("roots") or {}
    return labels.get(identifier) or identifier[-6:]


def root_kind(value: Any) -> str:
    """The kind of root whose id this text is, or nothing."""
    kind = kind_of(value) if isinstance(value, str) and "_" in value else ""
    return kind if kind in kinds() and len(value) == len(kind) + 1 + UUID_LENGTH else ""


def part_name(value: Any) -> Row | None:
    """What the kind of part is called whose id this text is, or None."""
    kind = kind_of(value) if isinstance(value, str) and len(value) > UUID_LENGTH else ""
    if not kind or len(value) != len(kind) + 1 + UUID_LENGTH:
        return None
    return next((row["parts"][kind] for row in kinds().values() if kind in row["parts"]), None)


def act_name(act: str) -> Row | None:
    """What an act of this name is called, of whichever kind, or None."""
    return next((row["acts"][act] for row in kinds().values() if act in row["acts"]), None)
