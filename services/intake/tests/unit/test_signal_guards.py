"""Guards on signals and leads, and what they judge on, without a database."""

from types import SimpleNamespace as Thing

import pytest

from intake.domain.leads import duty, referral_fits, regime_named, weight
from intake.domain.signals import (
    another_lead_left,
    another_than_the_proposer,
    counted_from,
    current_level,
    holds_the_lead,
    opinion_entered,
    producer_named,
    producer_of,
    risk_validated,
)


def at(**more):
    return Thing(
        **(
            {
                "data": {},
                "body": {},
                "parts": [],
                "part": None,
                "named": {},
                "root": Thing(id="signal_1", state="clustered", body={}),
            }
            | more
        )
    )


def part(kind, state, **body):
    return Thing(kind=kind, state=state, body=body)


@pytest.mark.parametrize(
    ("held", "given", "named"),
    [
        ({"name": "甲", "code": "1"}, None, True),
        ({"name": "甲"}, None, False),
        ({"name": "甲"}, {"name": "甲", "code": "1"}, True),
        ({"name": "甲", "code": "1"}, {"name": "乙"}, False),
        ({"name": "甲", "code": "1"}, {"name": "乙", "foreign": True, "agent": "丙"}, True),
        ({"name": "甲"}, {"name": "甲", "foreign": True}, False),
        ({"name": None, "code": None}, {"code": "1"}, False),
    ],
)
def test_one_producer_is_named_by_code_or_by_agent(held, given, named):
    assert producer_named(at(body={"producer": held}, data={"found_on": "2026-04-02", "producer": given})) is named


def test_before_anything_is_entered_the_producer_may_still_be_named():
    assert producer_named(at(body={"producer": {}}))


def test_another_producer_takes_nothing_over_from_the_first():
    assert producer_of({"name": "甲", "code": "1"}, {"name": "乙", "address": "示例路"}) == {
        "name": "乙",
        "address": "示例路",
    }


def test_the_notice_counts_from_the_recommendation_where_that_came_first():
    assert counted_from("2026-04-02", None) == "2026-04-02"
    assert counted_from("2026-04-02", "2026-04-01") == "2026-04-01"
    assert counted_from("2026-04-01", "2026-04-02") == "2026-04-01"


def test_a_risk_is_validated_when_one_is_and_none_waits():
    assert not risk_validated(at())
    assert risk_validated(at(parts=[part("assessment", "returned"), part("assessment", "validated")]))
    assert not risk_validated(at(parts=[part("assessment", "validated"), part("assessment", "proposed")]))


def test_the_latest_validated_level_counts():
    assert current_level([{"result": {"level": "low"}}, {"result": {"level": "high"}}]) == "high"
    assert current_level([]) is None


def test_the_proposer_is_not_the_second_person():
    proposed = part("assessment", "proposed", proposed_by="person_1")
    assert not another_than_the_proposer(at(part=proposed, actor=Thing(person="person_1")))
    assert another_than_the_proposer(at(part=proposed, actor=Thing(person="person_2")))


def test_an_opinion_that_was_used_is_not_entered_again():
    assert opinion_entered(at(parts=[part("consultation", "opined")]))
    assert not opinion_entered(at(parts=[part("consultation", "concluded"), part("consultation", "requested")]))


def test_a_signal_keeps_a_lead_and_splits_only_its_own():
    assert not another_lead_left(at(body={"leads": [{}]}))
    held = Thing(root=Thing(body={"signal": "signal_1"}))
    other = Thing(root=Thing(body={"signal": "signal_2"}))
    assert holds_the_lead(at(named={"lead": [held]})) and not holds_the_lead(at(named={"lead": [other]}))


def test_a_grouped_lead_is_not_sent_to_another_regime():
    grouped = Thing(state="grouped", body={})
    assert not referral_fits(at(root=grouped, data={"ground": "other_regime"}))
    assert referral_fits(at(root=grouped, data={"ground": "producer_elsewhere"}))
    assert not regime_named(at(data={"ground": "other_regime"}))
    assert regime_named(at(data={"ground": "other_regime"}, body={"regime": "food"}))


@pytest.mark.parametrize(
    ("area", "offices", "clause"),
    [
        ("210000", ["enforcement"], "8(2)"),
        ("210000", ["complaints"], "8(3)"),
        ("210000", ["public_opinion"], "8(3)"),
        ("210100", ["complaints"], "5(1)"),
        ("210188", ["recall"], "5(1)"),
        ("210102", ["complaints"], "6"),
    ],
)
def test_each_hands_over_under_its_own_clause(area, offices, clause):
    assert duty(area, offices) == clause


def test_a_lead_weighs_what_its_injury_weighs():
    assert [weight({"severity": level}) for level in (None, "none", "minor", "severe", "death")] == [0, 0, 1, 2, 3]
