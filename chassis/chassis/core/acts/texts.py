"""What of a root can be found by words, and by whom: its title, its number, and the fields that its kind's `search:` names.

A reader may match only what it may see. The words of a root stand in the index once for those who see all of it, once
more for title and number, and once more for each field of the body that some reader sees without seeing all; a token
for each key and class of words tells who may match on which (`chassis.core.storage.words`).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chassis.core.acts.readers import Fields, Held
from chassis.core.rulebook.model import KindRule
from chassis.core.storage.roots import TITLE_MOST, Root
from chassis.core.storage.words import ALL, HEAD, OPEN, for_reader, in_class, of_column, tokens
from chassis.core.trust.seal import is_reference

MOST = 10_000
"""Tokens of one root; a PostgreSQL tsvector holds a megabyte."""

Source = dict[str, Any]


def source_of(kind: KindRule, root: Root, keys: Mapping[str, Fields]) -> Source:
    """Return all that the tokens of a root are made of, as JSON: two equal sources have the same tokens."""
    texts: dict[str, list[str]] = {}
    for path in kind.search:
        field, *rest = path.split(".")
        texts.setdefault(field, []).extend(_values(root.body.get(field), rest))
    return {
        "columns": {"kind": root.kind, "dossier": root.dossier, "number": root.number},
        "open": root.state not in kind.final,
        "head": [root.title[:TITLE_MOST], root.number or ""],
        "fields": texts,
        "readers": sorted([key, name] for key, fields in keys.items() for name in classes(kind, fields)),
    }


def tokens_of(source: Source) -> str:
    """Return the token string of a root, for the index."""
    collected = dict.fromkeys(of_column(name, value) for name, value in source["columns"].items() if value)
    collected |= {OPEN: None} if source["open"] else {}
    collected |= dict.fromkeys(for_reader(key, name) for key, name in source["readers"])
    used = {name for _, name in source["readers"]}
    texts = {HEAD: source["head"], **source["fields"]}
    for name, values in texts.items():
        for token in (token for value in values for token in tokens(value)):
            collected |= dict.fromkeys(in_class(each, token) for each in (ALL, name) if each in used)
            if len(collected) >= MOST:
                return " ".join(collected)
    return " ".join(collected)


def classes(kind: KindRule, fields: Fields) -> list[str]:
    """Return the classes of words that whoever sees these fields of a kind may match on."""
    if fields is None:
        return [ALL]
    named = dict.fromkeys(path.partition(".")[0] for path in kind.search)
    return [HEAD, *(field for field in named if field in fields)]


def readers_of(held: Iterable[Held]) -> dict[str, list[str]]:
    """Return by class of words the keys that may match on it."""
    keys: dict[str, dict[str, None]] = {}
    for each in held:
        for name in classes(each.kind, each.fields):
            keys.setdefault(name, {})[each.key] = None
    return {name: list(names) for name, names in keys.items()}


def _values(value: Any, path: list[str]) -> Iterator[str]:
    """Yield the texts and numbers that a path leads to; lists are walked, and what is sealed is passed over."""
    if isinstance(value, list):
        for item in value:
            yield from _values(item, path)
    elif isinstance(value, dict):
        if path and not is_reference(value):
            yield from _values(value.get(path[0]), path[1:])
    elif not path and isinstance(value, str | int) and not isinstance(value, bool):
        yield str(value)
