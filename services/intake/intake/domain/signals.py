"""Guards on signals: grouping, consultation, risk assessment and the finding (article 9)."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.core import Moment


def holds_the_lead(at: Moment) -> bool:
    """Article 9: 技术机构对消费品缺陷信息线索进行综合分析处理; only what a signal holds can be split from it."""
    assert at.root is not None
    return all(lead.root.body.get("signal") == at.root.id for lead in at.named.get("lead", []))


def another_lead_left(at: Moment) -> bool:
    """A signal is made of leads: the last one stays."""
    return len(at.body["leads"]) > 1


def another_than_the_proposer(at: Moment) -> bool:
    """Article 9: 初步风险评估. A level is proposed by one person and validated by another (risk assessment guidelines)."""
    assert at.part is not None
    return bool(at.part.body["proposed_by"] != at.actor.person)


def opinion_entered(at: Moment) -> bool:
    """Article 9: 必要时，组织专家进行技术会商; the minutes rest on the opinion that the panel's leader signed."""
    return any(part.kind == "consultation" and part.state == "opined" for part in at.parts)


def risk_validated(at: Moment) -> bool:
    """Article 9: 必要时，组织专家进行技术会商和初步风险评估，确定是否开展生产者缺陷调查; none may still wait for its second person."""
    states = {part.state for part in at.parts if part.kind == "assessment"}
    return "validated" in states and "proposed" not in states


def producer_named(at: Moment) -> bool:
    """Article 3: 生产者是缺陷消费品的召回主体; one is named by its code, or a foreign one with its importer or domestic agent."""
    if not at.data:
        return True  # nothing is entered yet: the finding itself may name the producer
    producer = producer_of(at.body.get("producer"), at.data.get("producer"))
    if not producer.get("name"):
        return False
    return bool(producer.get("agent") if producer.get("foreign") else producer.get("code"))


def producer_of(held: Mapping[str, Any] | None, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the producer as an act leaves it: what is given completes one of the same name, and replaces any other."""
    if not given:
        return dict(held or {})
    same = held is not None and held.get("name") in (None, given.get("name"))
    return {**(held or {}), **given} if same else dict(given)


def counted_from(found_on: str, recommended_on: str | None) -> str:
    """Return the day the notice of article 9 counts from: the finding, at latest the receipt of a recommendation of possible defect."""
    return min(found_on, recommended_on) if recommended_on else found_on


def current_level(assessments: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the level of the latest validated assessment (their bodies, oldest first), or None."""
    return next((str(body["result"]["level"]) for body in reversed(assessments)), None)
