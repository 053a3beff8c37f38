"""Proposed groups for the analyst, weightiest first: concentrated or severe injury comes before the rest (article 9, first sentence)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from intake.domain.grouping import Reason, Report, group, reasons_for
from intake.domain.links import Links


@dataclass(frozen=True, slots=True)
class Proposal:
    """Leads that seem to belong together, why, and how much their injuries weigh (the sum of 0 to 3 for each)."""

    leads: tuple[str, ...]
    reasons: tuple[Reason, ...]
    weight: int


def propose(
    leads: Mapping[str, Mapping[str, Any]], links: Links, pairs: Iterable[tuple[str, str]] | None = None
) -> list[Proposal]:
    """Group leads (id → stored row with `features` and `severity`) and order the groups by weight, size, then id; singles come last."""
    reports = {lead: Report.of(lead, row["features"]) for lead, row in leads.items()}
    proposals = [
        Proposal(
            tuple(members),
            tuple(reasons_for([reports[lead] for lead in members])),
            sum(leads[lead]["severity"] for lead in members),
        )
        for members in group(reports.values(), links, pairs)
    ]
    return sorted(proposals, key=lambda one: (len(one.leads) == 1, -one.weight, -len(one.leads), one.leads))


def explain(
    reasons: Iterable[Reason],
    texts: Mapping[str, Mapping[str, str]],
    terms: Mapping[str, Mapping[str, Mapping[str, Any]]],
) -> list[dict[str, Any]]:
    """Return reasons as JSON with their sentences in Chinese and English.

    `terms` gives for a reason (`hazard`, `category`) the words of its codes.
    """

    def words(reason: Reason, language: str) -> str:
        known = terms.get(reason.code, {})
        values = (known.get(value, {}).get(language, value) for value in reason.value.split("、"))
        return ("、" if language == "zh" else ", ").join(values)

    return [
        {"code": reason.code, "points": reason.points}
        | {language: texts[reason.code][language].format(value=words(reason, language)) for language in ("zh", "en")}
        for reason in reasons
    ]


def strongest(reasons: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return of explained reasons one a code, that with the highest points (of equal ones the first), the strongest first."""
    best: dict[str, dict[str, Any]] = {}
    for reason in reasons:
        held = best.get(reason["code"])
        if held is None or abs(reason["points"]) > abs(held["points"]):
            best[reason["code"]] = dict(reason)
    return sorted(best.values(), key=lambda reason: (-reason["points"], reason["code"]))
