"""Words of texts, as tokens of the text index, and what is asked of it, as a tree of tokens.

Tokens are words in a class (`<class>:<word>`: the class is empty for all words of a root, `.` for title and number, or
the name of a field of the body), readers (`=<hash>` of a key and a class: this key may match on that class) and what
lists filter by (`open`, and `<column>=<hash>` of kind, dossier and number). A root matches where each word of a query
stands in a class that one of the reader's keys may match on.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

ALL, HEAD, OPEN = "", ".", "open"
"""The class of all words of a root, that of title and number, and the token of a root that has not ended."""
LONGEST = 40
"""Characters of a token; what follows is cut off, in texts and in queries."""

CHINESE = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff\uac00-\ud7a3\U00020000-\U0003ffff"
RUN = rf"[^\W_{CHINESE}]+"
JOINT = r"[-_./·‐-―−]"
RUNS = re.compile(rf"(?P<chinese>[{CHINESE}]+)|{RUN}(?:{JOINT}{RUN})*")
JOINTS = re.compile(JOINT)

Word = list[list[str]]
"""A word of a query: alternatives, each of tokens that must all stand in one class."""


def _runs(text: str) -> Iterator[tuple[bool, list[str]]]:
    """Yield the runs of a text, folded in width and case: (Chinese?, the pieces that joints separate)."""
    for match in RUNS.finditer(unicodedata.normalize("NFKC", text).casefold()):
        chinese = match["chinese"] is not None
        yield chinese, [match.group()] if chinese else JOINTS.split(match.group())


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


@lru_cache(maxsize=10_000)
def tokens(text: str) -> tuple[str, ...]:
    """Return the tokens by which a text is found.

    Chinese as overlapping pairs, and the first character alone; everything else by runs of letters and digits, those
    that a hyphen or the like joins also as one: `AB-12` gives `ab`, `12` and `ab12`.
    """
    collected: list[str] = []
    for chinese, pieces in _runs(text):
        if chinese:
            collected += [pieces[0][0], *_pairs(pieces[0])]
        else:
            collected += [piece[:LONGEST] for piece in pieces]
            if len(pieces) > 1:
                collected.append("".join(pieces)[:LONGEST])
    return tuple(dict.fromkeys(collected))


def query_words(text: str) -> list[Word]:
    """Return the words of a query, all of which must be found; a word that is joined by hyphens also as its pieces."""
    asked = []
    for chinese, pieces in _runs(text):
        if chinese:
            asked.append([_pairs(pieces[0]) or pieces])
        else:
            whole = ["".join(pieces)[:LONGEST]]
            asked.append([whole] if len(pieces) == 1 else [whole, [piece[:LONGEST] for piece in pieces]])
    return asked


def in_class(name: str, word: str) -> str:
    """Return the token of a word in a class."""
    return f"{name}:{word}"


def of_column(column: str, value: str) -> str:
    """Return the token of roots with this value in a column that lists filter by."""
    return f"{column}={_hash(value)}"


def for_reader(key: str, name: str) -> str:
    """Return the token of roots of which this key may match on the words of a class."""
    return f"={_hash(f'{key} {name}')}"


@lru_cache(maxsize=10_000)
def _hash(value: str) -> str:
    return blake2b(value.encode(), digest_size=6).hexdigest()


class Several(NamedTuple):
    """Parts of a query, of which all must hold, or one."""

    all: bool
    parts: tuple["Query", ...]


Query = str | Several
"""A token, or several."""


def _several(of_all: bool, parts: Iterable[Query]) -> Query:
    parts = tuple(parts)
    return parts[0] if len(parts) == 1 else Several(of_all, parts)


def query(asked: Sequence[Word], readers: Mapping[str, Sequence[str]], others: Sequence[str]) -> Query:
    """Return what is asked: these words, each in a class that one of its keys in `readers` may match on, and the other tokens.

    The words come first: a root that is looked at is most often without them.
    """

    def word_in(name: str, word: Word) -> Query:
        return _several(False, (_several(True, (in_class(name, token) for token in tokens)) for tokens in word))

    keys = {name: _several(False, (for_reader(key, name) for key in held)) for name, held in readers.items()}
    if len(keys) == 1:
        ((name, held),) = keys.items()
        return _several(True, (*(word_in(name, word) for word in asked), *others, held))
    seen = (
        _several(False, (_several(True, (word_in(name, word), held)) for name, held in keys.items())) for word in asked
    )
    return _several(True, (*seen, *others))


def written(asked: Query, all_of: str, one_of: str, quote: str) -> str:
    """Write a query in a language with these operators and this quotation mark."""
    if isinstance(asked, str):
        return f"{quote}{asked}{quote}"
    parts = (written(part, all_of, one_of, quote) for part in asked.parts)
    return f"({(all_of if asked.all else one_of).join(parts)})"


def holds(asked: Query, tokens: Iterable[str]) -> bool:
    """Tell whether a root with these tokens matches."""
    known = tokens if isinstance(tokens, frozenset) else frozenset(tokens)
    if isinstance(asked, str):
        return asked in known
    return (all if asked.all else any)(holds(part, known) for part in asked.parts)
