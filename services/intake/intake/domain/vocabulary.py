"""Words to codes: which category, hazard and legal regime a text or a foreign feed's term names (articles 2(2), 8(a))."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

Vocabulary = Mapping[str, Mapping[str, Any]]


def folded(text: str | None) -> str:
    """Return a text without case, width, punctuation or repeated blanks, for comparing."""
    plain = unicodedata.normalize("NFKC", text or "").casefold()
    return re.sub(r"[\W_]+", " ", plain).strip()


def named(term: str | None, vocabulary: Vocabulary) -> str | None:
    """Return the code whose `names` hold this term of a feed, or None."""
    plain = folded(term)
    for code, entry in vocabulary.items():
        if plain and any(folded(name) == plain for name in entry["names"]):
            return code
    return None


def all_named(terms: str | None, vocabulary: Vocabulary) -> list[str]:
    """Return the codes of a comma-separated list of a feed's terms, sorted."""
    codes = (named(term, vocabulary) for term in (terms or "").split(","))
    return sorted({code for code in codes if code})


def mentioned_in(text: str | None, vocabulary: Vocabulary) -> list[str]:
    """Return the codes whose `words` occur in a text, in the vocabulary's order."""
    plain = f" {folded(text)} "
    return [code for code, entry in vocabulary.items() if any(_occurs(word, plain) for word in entry["words"])]


def _occurs(word: str, plain: str) -> bool:
    sought = folded(word)
    return f" {sought}" in plain if sought.isascii() else sought in plain


def category_of(category: str | None, product: str, vocabulary: Vocabulary) -> str:
    """Return the category's code: the one given, else the first whose words are in the product's name, else `other`."""
    if category in vocabulary:
        return str(category)
    return named(category, vocabulary) or next(iter(mentioned_in(product, vocabulary)), "other")


def hazards_of(given: Iterable[str], text: str, vocabulary: Vocabulary) -> list[str]:
    """Return the hazards named, or else those that the text speaks of, sorted."""
    known = sorted({code for code in given if code in vocabulary})
    return known or sorted(mentioned_in(text, vocabulary))


def other_regime(category: str, product: str, regimes: Vocabulary) -> str | None:
    """Return the regime that another law seems to put the product under, or None.

    Article 2: 法律法规和规章另有规定的，从其规定. The words of the name count only where the category is not known (`other`).
    """
    for code, entry in regimes.items():
        if category in entry["categories"]:
            return code
    return next(iter(mentioned_in(product, regimes)), None) if category == "other" else None
