"""Character n-grams and MinHash: how alike two free texts are, without splitting Chinese into words.

Runs of Chinese characters give pairs, everything else triples (a pair of Chinese characters is about a word). The MinHash of
Broder (1997) estimates the Jaccard similarity of two sets; its bands give block keys, so that only texts that may be alike meet.
"""

import random
import re
from collections.abc import Iterable, Set
from functools import cache, lru_cache
from hashlib import blake2b

from intake.domain.vocabulary import folded

PRIME = (1 << 61) - 1
BANDS = 24
ROWS = 2
CHINESE = re.compile(r"[㐀-鿿]+")
OTHER = re.compile(r"[^㐀-鿿\s]+")


@lru_cache(maxsize=20_000)
def shingles(text: str) -> frozenset[str]:
    """Return the character n-grams of a text: pairs of Chinese, triples of the rest, short runs whole."""
    plain = folded(text)
    found: set[str] = set()
    for pattern, size in ((CHINESE, 2), (OTHER, 3)):
        for run in pattern.findall(plain):
            found.update(run[at : at + size] for at in range(max(1, len(run) - size + 1)))
    return frozenset(found)


def likeness(first: str, second: str) -> int:
    """Return the Jaccard similarity of two texts' n-grams in whole percent; 0 when one of them is empty."""
    one, other = shingles(first), shingles(second)
    return 100 * len(one & other) // len(one | other) if one and other else 0


def one_script(first: str, second: str) -> bool:
    """Tell whether two texts share a script, Chinese or other, so that their likeness says something."""
    return any(pattern.search(folded(first)) and pattern.search(folded(second)) for pattern in (CHINESE, OTHER))


@cache
def _permutations() -> tuple[tuple[int, int], ...]:
    drawn = random.Random("zhaohui grouping")
    return tuple((drawn.randrange(1, PRIME), drawn.randrange(PRIME)) for _ in range(BANDS * ROWS))


def minhash(grams: Set[str]) -> tuple[int, ...]:
    """Return the MinHash signature (`BANDS` × `ROWS` numbers) of a set of n-grams that is not empty."""
    hashes = [int.from_bytes(blake2b(gram.encode(), digest_size=7).digest()) for gram in grams]
    return tuple(min((a * value + b) % PRIME for value in hashes) for a, b in _permutations())


def bands(text: str) -> Iterable[str]:
    """Yield the block keys of a text: two texts that are alike share one with high probability."""
    grams = shingles(text)
    if not grams:
        return
    signature = minhash(grams)
    for band in range(BANDS):
        rows = signature[band * ROWS : (band + 1) * ROWS]
        yield f"{band}:{blake2b(repr(rows).encode(), digest_size=8).hexdigest()}"
