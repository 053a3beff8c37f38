"""The guards of a case, one article each, on moments made for them."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from chassis.core import Moment
from chassis.core.storage.roots import ClockRun, Root
from chassis.core.trust.tokens import SYSTEM
from investigation.domain import cases
from investigation.domain.parties import accountable

TWO = [{"name": "甲", "certificate": "示例证一"}, {"name": "乙", "certificate": "示例证二"}]


def moment(body=None, data=None, clocks=(), day="2026-04-30"):
    """A moment with this body and data, at ten in the morning in Shanghai."""
    root = Root("case_1", "case", "analysing", 1, "dossier_1", None, "案件", "rule", body or {}, "2026-04-01")
    now = datetime.fromisoformat(f"{day}T02:00:00").replace(tzinfo=UTC)
    return Moment(root, None, data or {}, [], list(clocks), [], SYSTEM, now, {})


def period(name, due_on, state="running"):
    return ClockRun("clock_1", "", name, "2026-04-08", "15 working days", due_on, "", False, state)


def test_every_guard_quotes_its_article():
    guards = [thing for name, thing in vars(cases).items() if callable(thing) and thing.__module__ == cases.__name__]
    assert [
        guard.__name__ for guard in guards if not guard.__name__.startswith("_") and "rticle" not in guard.__doc__
    ] == []


@pytest.mark.parametrize(
    ("clocks", "evaluation", "holds"),
    [
        ([period("analysis", "2026-04-29")], None, True),
        ([period("analysis", "2026-04-30")], None, False),
        ([period("analysis", "2026-04-29", "met")], None, False),
        ([period("supplement", "2026-04-29")], None, True),
        ([period("objection", "2026-04-29")], None, False),
        ([], "not_as_notified", True),
        ([], "insufficient", False),
    ],
)
def test_ground_one_is_a_lapsed_analysis_or_one_not_done_as_notified(clocks, evaluation, holds):
    body = {"evaluation": {"conclusion": evaluation}} if evaluation else {}
    assert cases.ground_holds(moment(body, {"ground": "not_analysed"}, clocks)) is holds


@pytest.mark.parametrize(
    ("evaluation", "holds"),
    [("insufficient", True), ("not_as_notified", True), ("shows_no_defect", False), ("defect", False), (None, False)],
)
def test_ground_two_needs_an_evaluation_that_finds_the_results_insufficient(evaluation, holds):
    body = {"evaluation": {"conclusion": evaluation}} if evaluation else {}
    assert cases.ground_holds(moment(body, {"ground": "insufficient"})) is holds


@pytest.mark.parametrize("ground", ["severe_or_wide", "national_notice"])
def test_grounds_three_and_four_need_nothing_before(ground):
    assert cases.ground_holds(moment({}, {"ground": ground}))


@pytest.mark.parametrize("measure", ["enter_premises", "question"])
@pytest.mark.parametrize(("officers", "holds"), [(TWO, True), (TWO[:1], False), ([TWO[0], TWO[0]], False), ([], False)])
def test_entering_and_questioning_take_two_certificates(measure, officers, holds):
    assert cases.two_officers_where_required(moment(data={"measure": measure, "officers": officers})) is holds


def test_other_measures_need_no_officers():
    assert cases.two_officers_where_required(moment(data={"measure": "regulatory_talk", "officers": []}))


def test_officers_without_certificates_do_not_count():
    assert not cases.two_officers(moment(data={"officers": [{"name": "甲", "certificate": ""}, TWO[1]]}))


@pytest.mark.parametrize(
    ("officers", "shown", "holds"),
    [
        (TWO, True, True),
        (TWO, False, False),
        ([TWO[0], {"name": "己", "certificate": "示例证三"}], True, False),
        ([*TWO, {"name": "己", "certificate": "示例证三"}], True, True),
    ],
)
def test_a_visit_takes_two_officers_of_the_team_with_certificates_shown(officers, shown, holds):
    data = {"officers": officers, "certificates_shown": shown}
    assert cases.visit_by_two_officers(moment({"team": {"officers": TWO}}, data)) is holds


@pytest.mark.parametrize(
    ("evidence", "stated", "holds"), [(["通报"], True, True), ([], True, False), (["通报"], False, False)]
)
def test_evidence_is_shown_and_the_cause_stated(evidence, stated, holds):
    assert cases.evidence_shown(moment(data={"evidence_shown": evidence, "cause_stated": stated})) is holds


def test_the_team_has_people_of_the_institution():
    assert cases.institution_in_team(moment(data={"institution_staff": [{"name": "丙", "unit": "示例"}]}))
    assert not cases.institution_in_team(moment(data={"institution_staff": []}))


def test_the_determination_is_the_panels():
    body = {"opinion": {"conclusion": "defect"}}
    assert cases.conclusion_follows_opinion(moment(body, {"conclusion": "defect"}))
    assert not cases.conclusion_follows_opinion(moment(body, {"conclusion": "no_defect"}))


def test_an_extension_needs_a_request_and_one_request_gives_one():
    assert cases.extension_requested(moment({"extension": {"requested": {"days": 5}}}))
    assert not cases.extension_requested(moment({"extension": {"granted": {"days": 5}}}))


def test_a_voluntary_recall_ends_the_investigation_only_as_far_as_it_covers_it():
    assert cases.voluntary_recall_covers_all(moment({"voluntary": {"covers_all": True}}))
    assert not cases.voluntary_recall_covers_all(moment({"voluntary": {"covers_all": False}}))
    assert not cases.voluntary_recall_declared(moment())
    assert cases.not_yet_declared(moment())


def test_no_order_is_asked_once_a_recall_has_begun():
    assert cases.no_recall_begun(moment())
    assert not cases.no_recall_begun(moment({"recall": {"recall": "recall_1"}}))


@pytest.mark.parametrize(
    "producer",
    [
        {"code": "A"},
        {"code": None, "agent_code": "A"},
        {"code": None, "agent": {"code": "A"}},
        {"code": "A", "agent": {"code": "B"}},
    ],
)
def test_whoever_answers_is_the_producer_or_the_agent_of_a_foreign_one(producer):
    assert accountable(producer) == "A"


def test_nobody_answering_is_a_fault():
    with pytest.raises(KeyError):
        accountable(SimpleNamespace(get={"name": "示例", "agent": "not a firm"}.get))
