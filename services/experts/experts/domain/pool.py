"""Who may sit on which panel: the pool as the draw sees it, and why somebody is left out of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

FIELDS: dict[str, tuple[str, str]] = {
    "furniture": ("家具", "furniture"),
    "chemistry": ("化学与有害物质", "chemistry and hazardous substances"),
    "childrens_products": ("儿童用品", "children's products"),
    "toys": ("玩具", "toys"),
    "electrical": ("电子电器", "electrical and electronic products"),
    "textiles": ("纺织服装", "textiles and clothing"),
    "mechanics": ("机械与结构安全", "mechanical and structural safety"),
    "fire_safety": ("燃烧与消防安全", "fire and burning behaviour"),
    "medicine": ("医学与伤害分析", "medicine and injury analysis"),
    "household": ("日用杂品", "household articles"),
    "standards": ("标准与法规", "standards and law"),
}
"""Fields of expertise: the code, its Chinese and its English text. Our own list; another province's is another list."""

CODES = {text: code for code, texts in FIELDS.items() for text in (code, *texts)}


def field_code(asked: str) -> str:
    """The code of a field that a request names by code or by either text; an unknown one is returned as it is, and no expert has it."""
    return CODES.get(asked.strip(), asked)


REASONS: dict[str, tuple[str, str]] = {
    "not_admitted": ("不在聘", "not admitted to the pool"),
    "out_of_term": ("不在聘期内", "outside the term of appointment"),
    "other_field": ("专业领域不符", "of another field"),
    "related": ("与该生产者有关联", "related to the producer"),
    "conflicted": ("已在本案回避或被替换", "recused or replaced in this dossier"),
    "seated": ("已在本专家组", "on this panel already"),
    "determined_before": ("参加过原缺陷判定", "sat on the first determination"),
}
"""Why somebody may not sit, in texts."""


@dataclass(frozen=True)
class Profile:
    """What the draw has to know of an expert, and nothing else: no name, no employer."""

    expert: str
    person: str
    fields: frozenset[str]
    relations: frozenset[str]
    """Unified social credit codes of the firms the expert is known to be related to."""
    term_from: date
    term_until: date
    number: str = ""
    """The number that people see."""


@dataclass(frozen=True)
class Sitting:
    """A seat that an expert has, or had, on a panel of one dossier; `released` when the panel was withdrawn."""

    expert: str
    panel: str
    purpose: str
    state: str


@dataclass(frozen=True)
class Criteria:
    """What a panel requires of an expert."""

    panel: str
    purpose: str
    fields: frozenset[str]
    """Any one of these suffices; empty when the expert is picked by name for another reason."""
    producer: str | None
    on: date


def why_not(profile: Profile, criteria: Criteria, sittings: Iterable[Sitting]) -> str | None:
    """Why this admitted expert cannot sit on this panel, as a code; None when he can.

    The rules are our own design around article 20 (the bureau's expert rules were not seen), and advisory: in term,
    of a field that is asked for, no recorded relation to the producer, not recused in this dossier, not on this panel
    already, and, for a redetermination under article 14, not one of those who determined the first time.
    """
    if not profile.term_from <= criteria.on <= profile.term_until:
        return "out_of_term"
    if criteria.fields and not profile.fields & criteria.fields:
        return "other_field"
    if criteria.producer in profile.relations:
        return "related"
    for sitting in sittings:
        if sitting.expert != profile.expert:
            continue
        if sitting.state in ("conflicted", "replaced"):
            return "conflicted"
        if sitting.panel == criteria.panel:
            return "seated"
        determined = sitting.purpose == "determination" and sitting.state in ("drawn", "confirmed")
        if criteria.purpose == "redetermination" and determined:
            return "determined_before"
    return None


def sort_out(
    profiles: Iterable[Profile], criteria: Criteria, sittings: Iterable[Sitting]
) -> tuple[list[str], Mapping[str, str]]:
    """The ids of the eligible experts, sorted, and of the others with the reason for each."""
    seats = list(sittings)
    reasons = {profile.expert: why_not(profile, criteria, seats) for profile in profiles}
    eligible = sorted(expert for expert, reason in reasons.items() if reason is None)
    return eligible, {expert: reason for expert, reason in sorted(reasons.items()) if reason is not None}
