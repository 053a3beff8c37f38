"""Character n-grams and MinHash: how alike two free texts are, without splitting Chinese into words.

Runs of Chinese characters give pairs, everything else triples (a pair of Chinese characters is about a word). The MinHash of
Broder (1997) estimates the Jaccard similarity of two sets; its bands give block keys, so that only texts that may be alike are compared.
"""

import random
import re
from collections.abc import Iterable, Set
from functools import cache, lru_cache
from hashlib import blake2b

from intake.domain.vocabulary import folded

BANDS = 24
ROWS = 2
BINS = BANDS * ROWS
CHINESE = re.compile(r"[㐀-鿿]+")
OTHER = re.compile(r"[^㐀-鿿\s]+")


@lru_cache(maxsize=20_000)
def shingles(text: str) -> frozenset[str]:
    """Return the character n-grams of a text: pairs of Chinese, triples of the rest, short runs whole."""
    plain = folded(text)
    grams: set[str] = set()
    for pattern, size in ((CHINESE, 2), (OTHER, 3)):
        for run in pattern.findall(plain):
            grams.update(run[at : at + size] for at in range(max(1, len(run) - size + 1)))
    return frozenset(grams)


def likeness(first: str, second: str) -> int:
    """Return the Jaccard similarity of two texts' n-grams in whole percent; 0 when one of them is empty."""
    one, other = shingles(first), shingles(second)
    return 100 * len(one & other) // len(one | other) if one and other else 0


def one_script(first: str, second: str) -> bool:
    """Tell whether two texts share a script, Chinese or other, so that their likeness says something."""
    return any(pattern.search(folded(first)) and pattern.search(folded(second)) for pattern in (CHINESE, OTHER))


@cache
def _probes() -> tuple[tuple[int, ...], ...]:
    """Return for each bin the order in which an empty one looks for its value: the same for every text."""
    drawn = random.Random("zhaohui grouping")
    return tuple(tuple(drawn.sample(range(BINS), BINS)) for _ in range(BINS))


def minhash(grams: Set[str]) -> tuple[int, ...]:
    """Return the signature (`BANDS` × `ROWS` numbers) of a set of n-grams that is not empty.

    One hash a gram falls into one bin, the smallest of a bin stays; an empty bin takes the value of another
    (one permutation hashing with optimal densification, Shrivastava 2017).
    """
    bins: list[int | None] = [None] * BINS
    for gram in grams:
        value, place = divmod(int.from_bytes(blake2b(gram.encode(), digest_size=8).digest()), BINS)
        held = bins[place]
        bins[place] = value if held is None or value < held else held
    return tuple(
        value if value is not None else next(taken for place in _probes()[at] if (taken := bins[place]) is not None)
        for at, value in enumerate(bins)
    )


def bands(text: str) -> Iterable[str]:
    """Yield the block keys of a text: two texts that are alike share one with high probability."""
    grams = shingles(text)
    if not grams:
        return
    signature = minhash(grams)
    for band in range(BANDS):
        rows = signature[band * ROWS : (band + 1) * ROWS]
        yield f"{band}:{blake2b(repr(rows).encode(), digest_size=8).hexdigest()}"
