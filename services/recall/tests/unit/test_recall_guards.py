"""The guards of a recall, judged on bodies alone."""

from types import SimpleNamespace
from typing import Any

import pytest

from recall.domain import duties, recalls

BODY: dict[str, Any] = {
    "round": 2,
    "plan": {"target_percent": 90},
    "quantities": {"produced": 1260, "warehouse": 180, "dealers": 310, "consumers": 770},
    "recovered": {"dealers": 310, "consumers": 402},
    "feedback": [{"round": 1}, {"round": 2, "review": "noted"}],
    "effect": {"round": 2, "conclusion": "sufficient", "scope_accurate": True},
}


def at(
    state: str = "effect_evaluated", data: dict[str, Any] | None = None, parts: list[Any] | None = None, **changed: Any
):
    """A moment with the sample case's body in its second round, changed."""
    body = {name: value for name, value in (BODY | changed).items() if value is not None}
    return SimpleNamespace(root=SimpleNamespace(state=state, body=body), body=body, data=data or {}, parts=parts or [])


def test_a_recall_without_a_report_has_no_progress():
    assert recalls.progress_reported(at())
    assert not recalls.progress_reported(at(recovered=None))


@pytest.mark.parametrize(
    ("feedback", "counts"),
    [
        ([{"round": 2}], True),
        ([{"round": 1}], False),
        ([{"round": 2, "review": "returned"}], False),
        ([{"round": 2, "review": "returned"}, {"round": 2}], True),
        (None, False),
    ],
)
def test_only_a_feedback_on_this_round_that_was_not_returned_counts(feedback, counts):
    assert recalls.round_fed_back(at(feedback=feedback)) is counts


@pytest.mark.parametrize(
    ("effect", "insufficient"),
    [
        ({"round": 2, "conclusion": "insufficient", "scope_accurate": True}, True),
        ({"round": 2, "conclusion": "sufficient", "scope_accurate": False}, True),
        ({"round": 2, "conclusion": "sufficient", "scope_accurate": True}, False),
        ({"round": 1, "conclusion": "insufficient", "scope_accurate": True}, False),
        (None, False),
    ],
)
def test_a_new_recall_is_required_only_on_an_evaluation_of_this_round(effect, insufficient):
    assert recalls.effect_insufficient(at(effect=effect)) is insufficient


@pytest.mark.parametrize(
    ("changed", "reasons", "accepted"),
    [
        ({"recovered": {"dealers": 310, "consumers": 662}}, None, True),
        ({"recovered": {"dealers": 310, "consumers": 661}}, None, False),
        ({}, None, False),
        ({}, "  ", False),
        ({}, "其余消费者拒绝退换", True),
        ({"plan": {"target_percent": 65}}, None, True),
        ({"plan": {"target_percent": 65}, "effect": BODY["effect"] | {"conclusion": "insufficient"}}, None, False),
    ],
)
def test_what_falls_short_is_closed_only_with_reasons(changed, reasons, accepted):
    assert recalls.effect_accepted(at(data={"residual_risk_reasons": reasons}, **changed)) is accepted


def test_all_shares_are_reported_before_the_report_to_the_national_administration():
    shares = [SimpleNamespace(kind="share", state=state) for state in ("reported", "accepted")]
    assert not duties.shares_reported(at(parts=shares))
    assert duties.shares_reported(at(parts=shares[:1]))
    assert duties.shares_reported(at())


@pytest.mark.parametrize(
    ("state", "breach", "settled"),
    [
        ("investigated", True, False),
        ("investigated", False, True),
        ("corrected", True, True),
        ("penalty_published", True, True),
    ],
)
def test_an_established_breach_is_settled_by_correction_or_penalty(state, breach, settled):
    moment = at(state=state, investigation={"breach": breach})
    assert duties.breach_settled(moment) is settled
    assert duties.breach_found(moment) is breach
