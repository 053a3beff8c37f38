"""Which reports seem to speak of one product and one hazard (article 9, first sentence): a proposal with its reasons.

Three steps. *Blocking* gives each report keys (credit code, brand, model, GTIN, category with hazard, MinHash bands of the text):
only reports that share a key are compared. A *score* in points adds up what speaks for and against, and every point has a reason
that a person can read. *Groups* are joined from the strongest pair down, as long as the reports of both sides fit together on
average; an analyst's decisions (must-link, cannot-link) come before any score. The outcome does not depend on the order of the
reports, and an analyst decides on it: nothing is grouped automatically.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import combinations
from typing import Any

from intake.domain.links import Links
from intake.domain.shingles import bands, likeness, one_script
from intake.domain.vocabulary import folded

THRESHOLD = 50
WIDEST_BLOCK = 200
KEY_LENGTH = 200
COMPARED = 30
"""So many reports of a group are compared with every other; an addition to a group costs the same whatever its size."""
NAMELESS = frozenset({"", "unknown", "不详", "无", "none", "n a", "未知"})


@dataclass(frozen=True, slots=True)
class Report:
    """What grouping knows of a lead; `brands`, `models` and `gtins` are normalised, `hazards` are codes."""

    id: str
    product: str
    category: str = "other"
    text: str = ""
    credit_code: str = ""
    maker: str = ""
    brands: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    gtins: frozenset[str] = frozenset()
    hazards: frozenset[str] = frozenset()

    @classmethod
    def of(cls, lead: str, features: Mapping[str, Any]) -> "Report":
        """Read the features of a lead (see `features_of`)."""
        return cls(
            lead,
            product=features.get("product") or "",
            category=features.get("category") or "other",
            text=features.get("text") or "",
            credit_code=features.get("credit_code") or "",
            maker=features.get("maker") or "",
            brands=frozenset(features.get("brands", ())),
            models=frozenset(features.get("models", ())),
            gtins=frozenset(features.get("gtins", ())),
            hazards=frozenset(features.get("hazards", ())),
        )


def names(text: str | None, separators: str = ",;，、；/") -> list[str]:
    """Split a list of names and normalise each; names that say nothing (`unknown`, `不详`) are left out."""
    parts = [text or ""]
    for separator in separators:
        parts = [piece for part in parts for piece in part.split(separator)]
    return sorted({folded(part) for part in parts} - NAMELESS)


def numbers(text: str | None) -> list[str]:
    """Split a list of models or bar codes and keep letters and digits only; one character alone says nothing."""
    return sorted({compact for name in names(text) if len(compact := name.replace(" ", "").upper()) > 1})


def features_of(
    product: Mapping[str, Any], producer: Mapping[str, Any], hazards: Sequence[str], text: str
) -> dict[str, Any]:
    """Return the features of a lead as JSON values: what grouping knows of it.

    `product` has `name category brand model gtin`, `producer` has `name code`; both as a lead's body holds them.
    """
    return {
        "product": product.get("name") or "",
        "category": product.get("category") or "other",
        "brands": names(product.get("brand")),
        "models": numbers(product.get("model")),
        "gtins": [number for number in numbers(product.get("gtin")) if number.isdigit()],
        "credit_code": producer.get("code") or "",
        "maker": folded(producer.get("name")),
        "hazards": sorted(hazards),
        "text": text,
    }


def features_in(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the features of a lead from its body; what an act changes of a lead later is none of them."""
    text = " ".join(str(body[key]) for key in ("description", "hazard", "injury") if body.get(key))
    return features_of(body["product"], body["producer"], body["hazards"], text)


def block_keys(report: Report) -> list[str]:
    """Return the keys under which a report is compared with others, sorted."""
    keys = {f"brand:{brand}" for brand in report.brands}
    keys |= {f"model:{model}" for model in report.models}
    keys |= {f"gtin:{gtin}" for gtin in report.gtins}
    keys |= {f"category:{report.category}:{hazard}" for hazard in report.hazards if report.category != "other"}
    keys |= {f"product:{band}" for band in bands(report.product)}
    keys |= {f"text:{band}" for band in bands(f"{report.product} {report.text}")}
    if report.credit_code:
        keys.add(f"code:{report.credit_code}")
    if report.maker:
        keys.add(f"maker:{report.maker}")
    return sorted(keys)


def short_key(key: str) -> int:
    """Return a block key as it is stored: a signed number of 64 bits, from the key's first KEY_LENGTH characters."""
    return int.from_bytes(blake2b(key[:KEY_LENGTH].encode(), digest_size=8).digest(), signed=True)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two reports seem to belong together (points above 0) or apart (below)."""

    code: str
    points: int
    value: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Two reports compared: the sum of the reasons' points, and the reasons in a fixed order."""

    first: str
    second: str
    score: int
    reasons: tuple[Reason, ...]

    @property
    def alike(self) -> bool:
        """Whether the two seem to speak of one product and hazard."""
        return self.score >= THRESHOLD

    @property
    def contradicts(self) -> bool:
        """Whether brand or producer differ and no number says that it is one product all the same."""
        codes = {reason.code for reason in self.reasons}
        return bool(codes & {"brand_differs", "producer_differs"}) and not codes & {"gtin", "model"}


# what agreement and contradiction are worth, in points
WORTH = {
    "gtin": (60, 0),
    "model": (25, -15),
    "brand": (25, -30),
    "producer": (25, -25),
    "hazard": (15, -25),
    "category": (5, -15),
}
PRODUCT_WORTH = 25
TEXT_WORTH = 15
OTHER_PRODUCT = Reason("product_differs", -10)
OTHER_PRODUCT_BELOW = 10  # percent, of names in one script


def _compare(code: str, first: Set[str], second: Set[str]) -> list[Reason]:
    if not first or not second:
        return []
    shared = first & second
    agree, differ = WORTH[code]
    if shared:
        return [Reason(code, agree, "、".join(sorted(shared)))]
    return [Reason(f"{code}_differs", differ)] if differ else []


def _known(value: str) -> Set[str]:
    return frozenset() if value in ("", "other") else frozenset((value,))


def compare(one: Report, other: Report) -> Match:
    """Compare two reports; the same whichever comes first."""
    first, second = sorted((one, other), key=lambda report: report.id)
    reasons = [
        *_compare("gtin", first.gtins, second.gtins),
        *_compare("model", first.models, second.models),
        *_compare("brand", first.brands, second.brands),
        *_producers(first, second),
        *_compare("hazard", first.hazards, second.hazards),
        *_compare("category", _known(first.category), _known(second.category)),
    ]
    by_name, by_text = likeness(first.product, second.product), likeness(first.text, second.text)
    if points := PRODUCT_WORTH * by_name // 100:
        reasons.append(Reason("product", points, f"{by_name}%"))
    if by_name < OTHER_PRODUCT_BELOW and one_script(first.product, second.product):
        reasons.append(OTHER_PRODUCT)
    if points := TEXT_WORTH * by_text // 100:
        reasons.append(Reason("text", points, f"{by_text}%"))
    return Match(first.id, second.id, sum(reason.points for reason in reasons), tuple(reasons))


def _producers(first: Report, second: Report) -> Iterable[Reason]:
    if first.credit_code and second.credit_code:
        return _compare("producer", {first.credit_code}, {second.credit_code})
    shared = _known(first.maker) & _known(second.maker)
    return [Reason("producer", WORTH["producer"][0], next(iter(shared)))] if shared else []


@dataclass(slots=True)
class _Partition:
    members: dict[str, frozenset[str]] = field(default_factory=dict)

    def join(self, one: str, other: str) -> None:
        merged = self.members[one] | self.members[other]
        for report in merged:
            self.members[report] = merged

    def groups(self) -> list[list[str]]:
        return sorted(sorted(group) for group in set(self.members.values()))


def candidate_pairs(reports: Iterable[Report]) -> set[tuple[str, str]]:
    """Return the pairs that share a block key, each in id order; a block wider than `WIDEST_BLOCK` says nothing and is left out."""
    return pairs_in((key, report.id) for report in reports for key in block_keys(report))


def pairs_in(keyed: Iterable[tuple[Hashable, str]]) -> set[tuple[str, str]]:
    """Return the pairs that rows of (block key, report) make."""
    blocks: dict[Hashable, set[str]] = defaultdict(set)
    for key, report in keyed:
        blocks[key].add(report)
    narrow = (sorted(block) for block in blocks.values() if len(block) <= WIDEST_BLOCK)
    return {pair for block in narrow for pair in combinations(block, 2)}


def group(
    reports: Iterable[Report], links: Links | None = None, pairs: Iterable[tuple[str, str]] | None = None
) -> list[list[str]]:
    """Return the groups that the reports fall into, singles included, each sorted; the order of the reports does not matter.

    `pairs` are the pairs to compare where their block keys are stored already.
    """
    known = {report.id: report for report in reports}
    decided = links or Links()
    parts = _Partition({name: frozenset({name}) for name in known})
    for pair in sorted(sorted(pair) for pair in decided.must):
        if all(name in known for name in pair):
            parts.join(pair[0], pair[-1])
    candidates = candidate_pairs(known.values()) if pairs is None else pairs
    matches = (compare(known[one], known[other]) for one, other in candidates)
    alike = (match for match in matches if match.alike)
    for match in sorted(alike, key=lambda match: (-match.score, match.first, match.second)):
        one, other = parts.members[match.first], parts.members[match.second]
        if one != other and _fit(one, other, known, decided):
            parts.join(match.first, match.second)
    return parts.groups()


def _fit(one: frozenset[str], other: frozenset[str], known: Mapping[str, Report], links: Links) -> bool:
    pairs = [(first, second) for first in one for second in other]
    if any(frozenset(pair) in links.cannot for pair in pairs):
        return False
    matches = [compare(known[first], known[second]) for first, second in pairs]
    return not any(match.contradicts for match in matches) and sum(match.score for match in matches) >= THRESHOLD * len(
        pairs
    )


def reasons_for(reports: Sequence[Report]) -> list[Reason]:
    """Return why a group belongs together: each reason that a pair shares, with its highest points, strongest first.

    Each report is compared with the first COMPARED of those before it, in the order given; of equal points the first stay.
    """
    best: dict[str, Reason] = {}
    for place, report in enumerate(reports):
        _keep_strongest(best, report, reports[: min(place, COMPARED)])
    return _in_order(best.values())


def reasons_with(report: Report, others: Sequence[Report]) -> list[Reason]:
    """Return why one more report belongs to a group: what `reasons_for` would count of it besides."""
    best: dict[str, Reason] = {}
    _keep_strongest(best, report, others[:COMPARED])
    return _in_order(best.values())


def _keep_strongest(best: dict[str, Reason], report: Report, others: Iterable[Report]) -> None:
    for other in others:
        for reason in compare(report, other).reasons:
            if reason.code not in best or abs(reason.points) > abs(best[reason.code].points):
                best[reason.code] = reason


def _in_order(reasons: Iterable[Reason]) -> list[Reason]:
    return sorted(reasons, key=lambda reason: (-reason.points, reason.code))
