"""The recall: what must be so before it is evaluated, required again or closed."""

from collections.abc import Mapping
from typing import Any

from chassis.core import Moment
from recall.domain.rates import quantities_of, reaches, recovered_of


def form_not_reviewed(at: Moment) -> bool:
    """Article 7(4): 「协助省局对生产者提交的召回计划进行形式评估」: once for each plan that is filed."""
    return "form_review" not in at.body


def plan_not_evaluated(at: Moment) -> bool:
    """Article 16(2): 「对生产者报告的消费品召回计划材料进行技术评估」: once for each plan that is filed."""
    return "plan_evaluation" not in at.body


def progress_reported(at: Moment) -> bool:
    """Article 16(1): 「生产者实施召回，要采取及时、有效的召回措施」: an effect is evaluated on what it reported."""
    return at.body.get("recovered") is not None


def round_fed_back(at: Moment) -> bool:
    """A territorial bureau has fed back on this round.

    Article 17(3): 「技术机构根据市局、县级局反馈情况，及时对召回活动进行效果评估」.
    """
    running = at.body["round"]
    return any(row["round"] == running and row.get("review") != "returned" for row in at.body.get("feedback", []))


def feedback_due(at: Moment) -> bool:
    """Article 17(2): 「及时反馈情况」: once in each round, and again when the province returned it."""
    given = [row for row in _feedback_of(at) if row["round"] == at.body["round"]]
    return not given or given[-1].get("review") == "returned"


def feedback_not_reviewed(at: Moment) -> bool:
    """Article 4(5): 「对缺陷消费品召回过程进行监督」: each feedback is reviewed once."""
    given = _feedback_of(at)
    return bool(given) and "review" not in given[-1]


def _feedback_of(at: Moment) -> list[dict[str, Any]]:
    """Return the feedback that the addressed supervision has given, oldest first."""
    assert at.part is not None
    return [row for row in at.body.get("feedback", []) if row["supervision"] == at.part.id]


def effect_insufficient(at: Moment) -> bool:
    """This round was evaluated as insufficient, or as wrong in scope.

    Article 17(4): 「省局发现生产者召回的消费品范围不准确、召回措施未能消除缺陷或者降低安全风险的，
    应当通知生产者重新实施召回」.
    """
    effect = at.body.get("effect")
    if not effect:
        return False
    return effect["round"] == at.body["round"] and insufficient(effect)


def effect_accepted(at: Moment) -> bool:
    """The effect suffices and the target is reached, or the residual risk is accepted with reasons.

    Article 17(4), a contrario: only what lowered the risk need not be done again; who accepts what is left says why.
    """
    return not falls_short(at.body) or bool((at.data["residual_risk_reasons"] or "").strip())


def insufficient(effect: Mapping[str, Any]) -> bool:
    """Tell whether an evaluation found the effect insufficient, or the scope not accurate."""
    return bool(effect["conclusion"] == "insufficient" or not effect["scope_accurate"])


def falls_short(body: Mapping[str, Any]) -> bool:
    """Tell whether a recall is below its target, or its last evaluation found it insufficient."""
    reached = reaches(
        recovered_of(body["recovered"]), quantities_of(body["quantities"]), body["plan"]["target_percent"]
    )
    return insufficient(body["effect"]) or not reached
