"""What a page calls people, organisations, roots, parts, acts and fields, where it holds only their ids or names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import g

from gateway.console.field_texts import FieldTexts, texts_of_act, texts_of_all_kinds, texts_of_kind
from gateway.console.service_calls import kinds, known_kind, services
from gateway.console.session import visitor
from gateway.services import kind_of
from gateway.wiring import gateway

Row = dict[str, Any]
FIELD_TEXTS_KEPT = 1000
UUID_LENGTH = 36
ROOTS_NAMED = 20  # roots whose numbers are read for one value

_field_texts: dict[tuple[str, str, str | None, str | None], FieldTexts] = {}


def field_texts(kind: str = "", act: str | None = None, regime: str | None = None) -> FieldTexts:
    """The field texts of a kind, or of one of its acts, under a root's regime; kept as long as the descriptions stay the same."""
    if "descriptions_hash" not in g:
        g.descriptions_hash = services().hash()
    key = (g.descriptions_hash, kind, act, regime)
    if key not in _field_texts:
        if len(_field_texts) >= FIELD_TEXTS_KEPT:
            _field_texts.clear()
        _field_texts[key] = _make_field_texts(kind, act, regime)
    return _field_texts[key]


def _make_field_texts(kind: str, act: str | None, regime: str | None) -> FieldTexts:
    if not kind:
        return texts_of_all_kinds(kinds())
    own = {kind: known_kind(kind, regime)}
    if act:
        return texts_of_act(own, kind, act, field_texts(kind, regime=regime))
    if regime is not None:
        return texts_of_kind(own, kind, field_texts(kind))
    return texts_of_kind(own, kind, field_texts())


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


def remember_named(value: Any) -> None:
    """Read the numbers and titles of the roots whose ids stand in a value, as far as this person may see them."""
    labels: dict[str, str] = g.get("roots") or {}
    ids = [identifier for identifier in dict.fromkeys(_root_ids(value)) if identifier not in labels][:ROOTS_NAMED]
    calls = [(kinds()[kind_of(identifier)]["service"], "get", {"id": identifier}) for identifier in ids]
    remember_roots(view for view in services().call_each(calls, visitor()) if isinstance(view, dict))


def _root_ids(value: Any) -> Iterator[str]:
    if isinstance(value, str) and root_kind(value):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _root_ids(inner)


def root_label(identifier: str) -> str:
    """The number or title of a root that this page has read, else the end of its id."""
    labels: dict[str, str] = g.get("roots") or {}
    return labels.get(identifier) or identifier[-6:]


def root_kind(value: Any) -> str:
    """The kind of root whose id this text is, or nothing."""
    kind = kind_of(value) if isinstance(value, str) and "_" in value else ""
    return kind if kind in kinds() and len(value) == len(kind) + 1 + UUID_LENGTH else ""


def part_name(value: Any, regime: str | None = None) -> Row | None:
    """What the kind of part is called whose id this text is, or None."""
    part = kind_of(value) if isinstance(value, str) and len(value) > UUID_LENGTH else ""
    if not part or len(value) != len(part) + 1 + UUID_LENGTH:
        return None
    return next((row["parts"][part] for row in _kinds_under(regime) if part in row["parts"]), None)


def act_name(act: str, kind: str | None = None, regime: str | None = None) -> Row | None:
    """What an act of this name is called: of this kind under this regime, else of whichever kind; or None."""
    own = known_kind(kind, regime).get("acts", {}) if kind else {}
    return own.get(act) or next((row["acts"][act] for row in _kinds_under(regime) if act in row["acts"]), None)


def _kinds_under(regime: str | None) -> Iterator[Row]:
    """Every kind as this regime has it, then as the rulebooks in force have them."""
    if regime is not None:
        yield from (known_kind(kind, regime) for kind in kinds())
    yield from kinds().values()
