"""A panel from request to opinion on both databases: the draw can be repeated, marked fields stay sealed."""

import threading
from typing import Any

import pytest
from experts_stage import PEOPLE, STAGES, Stage, expert
from sqlalchemy import select

from chassis.core import Refusal
from chassis.core.storage.series import next_number
from experts.domain.draw import left, redraw
from experts.storage import tables

REQUEST = STAGES["requested"][0]
OPINION = {"conclusion": "defect", "reasons": "两批次样品甲醛释放量均超过限量。"}


def play(stage: Stage, *steps: Any) -> None:
    """Take the steps one after the other."""
    for step in steps:
        stage.go(step)


def ask(stage: Stage, dossier: str, **other: Any) -> None:
    """Another request of the same dossier (or another) arrives."""
    assert stage.event(REQUEST["event"], {**REQUEST["data"], **other}, dossier) == "taken"


def finish(stage: Stage) -> None:
    """Whoever was drawn confirms, the first one leads, and signs."""
    for number, seat in enumerate(stage.seats()):
        if seat["state"] == "drawn":
            stage.do("confirm-seat", "member", on=number, data={"no_conflict": True})
    stage.do("appoint-leader", "institution", on=0)
    stage.do("start-work", "institution")
    stage.do("sign-opinion", "leader", data=OPINION)


def members(stage: Stage, *states: str) -> set[str]:
    """The experts whose seats on the last panel are in these states."""
    return {seat["body"]["expert"] for seat in stage.seats() if seat["state"] in states}


def test_the_draw_and_its_replacement_stand_in_the_journal_and_come_out_the_same_when_redone(stage):
    play(stage, "pool", "requested", "drawn", "conflicted")
    stage.do("replace-member", "institution", on=1)
    journal = stage.office.journal({"token": stage.token(PEOPLE["institution"]), "id": stage.last["panel"]})["items"]
    noted = {entry["act"]: entry["noted"] for entry in journal if entry["noted"]}
    formed, drawn = journal[0], noted["draw-members"]["draw"]
    assert drawn["nonce"] == formed["hash"], "the nonce was chained before the draw"
    record = {**drawn, "replacements": [noted["replace-member"]["replacement"]]}
    assert redraw(record) == []
    assert record["members"] == [seat["body"]["expert"] for seat in stage.seats()[:3]]
    assert record["replacements"][0]["expert"] == stage.seats()[3]["body"]["expert"]
    assert set(drawn["eligible"]) | set(drawn["left_out"]) == set(stage.experts)
    assert stage.office.verify(stage.last["panel"]) == []


def test_the_fact_of_the_signed_opinion_carries_what_the_asking_case_needs(stage):
    play(stage, "pool", "requested", "drawn")
    finish(stage)
    facts = dict(stage.facts())
    leader = stage.root()["body"]["leader"]["person"]
    assert facts["opinion-signed"] == {
        "request": "request_1", "root": REQUEST["data"]["root"], "part": None, "panel": stage.last["panel"],
        "purpose": "determination", **OPINION, "signed_on": "2026-06-01", "leader": leader,
    }  # fmt: skip
    paper = facts["document-issued"]
    assert (paper["kind"], paper["clause"], paper["addressee"]) == ("专家意见", "20(b)", None)
    assert paper["fields"]["conclusion"] == "存在缺陷"
    assert paper["fields"]["materials"] == ["调查报告"]
    assert paper["fields"]["leader"].startswith("专家2026-")


def test_who_determined_does_not_determine_again_and_who_was_recused_does_not_come_back(stage):
    play(stage, "pool", "requested", "drawn", "conflicted")
    stage.do("replace-member", "institution", on=1)
    finish(stage)
    determined, recused = members(stage, "confirmed"), members(stage, "replaced")
    ask(stage, "dossier_1", request="request_again", purpose="redetermination", size=2)
    stage.do("draw-members", "institution")
    again = members(stage, "drawn")
    assert len(again) == 2
    assert not again & (determined | recused)
    left_out = stage.office.journal({"token": stage.token(PEOPLE["institution"]), "id": stage.last["panel"]})["items"][
        -1
    ]
    reasons = left_out["noted"]["draw"]["left_out"]
    assert {reasons[each] for each in determined} == {"determined_before"}
    assert {reasons[each] for each in recused} == {"conflicted"}


def test_a_withdrawn_panel_determined_nothing_and_its_members_may_be_drawn_for_a_redetermination(stage):
    play(stage, "pool", "requested", "drawn")
    stage.do("withdraw-panel", "lead_bureau", data={"reasons": "提请有误"})
    ask(stage, "dossier_1", request="request_again", purpose="redetermination")
    stage.do("draw-members", "institution")
    assert len(stage.root()["body"]["draw"]["eligible"]) == 7


def test_a_national_expert_sits_and_leads_beside_those_of_the_pool(stage):
    play(stage, "pool", "requested", "drawn")
    guest = {"person": "person_national", "name": "全国专家甲", "employer": "示例研究院", "fields": ["furniture"]}
    stage.do("invite-national-expert", "institution", data={**guest, "reasons": "涉及全国性问题"})
    with pytest.raises(Refusal, match="invalid"):
        stage.do("invite-national-expert", "lead_bureau", data={**guest, "reasons": "再次聘请"})
    for number in range(4):
        stage.do("confirm-seat", "member", on=number, data={"no_conflict": True})
    stage.do("appoint-leader", "institution", on=3)
    stage.do("start-work", "institution")
    dissenter = stage.seats()[0]["body"]["person"]
    dissent = [{"member": dissenter, "reasons": "样品数量偏少"}]
    stage.do("sign-opinion", expert("person_national"), data={**OPINION, "dissent": dissent})
    paper = dict(stage.facts())["document-issued"]["fields"]
    assert paper["leader"] == "全国专家1"
    assert paper["dissent"] == [f"{stage.seats()[0]['body']['number']}：样品数量偏少"]
    assert "全国专家甲" not in str(stage.facts())


def test_another_dossier_draws_from_the_whole_pool_again(stage):
    play(stage, "pool", "requested", "drawn", "conflicted")
    ask(stage, "dossier_2", request="request_other")
    stage.do("draw-members", "institution")
    drawn = stage.root()["body"]["draw"]
    assert len(drawn["eligible"]) == 7


@pytest.mark.parametrize(
    ("act", "by", "data"),
    [
        ("suspend-expert", "lead_bureau", {"reasons": "正在接受调查"}),
        (
            "declare-relation",
            "self",
            {"code": "91210100MA0000A019", "firm": "辽宁示例家具制造有限公司", "relation": "owner"},
        ),
        ("update-expert", "institution", {"employer": "示例大学", "fields": ["toys"]}),
    ],
)
def test_what_becomes_known_of_an_expert_keeps_him_off_the_next_panel(stage, act, by, data):
    play(stage, "pool")
    first = stage.experts[0]
    actor = expert("person_expert1") if by == "self" else by
    stage.do(act, actor, kind="expert", id=first, data=data)
    ask(stage, "dossier_1")
    stage.do("draw-members", "institution")
    assert first not in stage.root()["body"]["draw"]["eligible"]


def test_an_expert_who_became_ineligible_after_the_draw_is_passed_over_and_named(stage):
    play(stage, "pool", "requested", "drawn", "conflicted")
    following = left(stage.root()["body"]["draw"])
    stage.do("suspend-expert", "lead_bureau", kind="expert", id=following[0], data={"reasons": "正在接受调查"})
    outcome = stage.do("replace-member", "institution", on=1)
    assert outcome["noted"]["replacement"]["passed_over"] == [following[0]]
    assert stage.seats()[-1]["body"]["expert"] == following[1]


def test_a_member_sees_the_question_and_not_the_draw_and_only_while_he_sits(stage):
    play(stage, "pool", "requested", "drawn")
    person = stage.seats()[1]["body"]["person"]
    seen = stage.office.get({"token": stage.token(expert(person)), "id": stage.last["panel"]})
    assert seen["body"]["question"] == REQUEST["data"]["question"]
    assert not {"draw", "request", "root"} & set(seen["body"])
    assert [part["body"]["person"] for part in seen["parts"]] == [person]
    assert seen["parties"] == []
    offered = stage.office.acts({"token": stage.token(expert(person)), "id": stage.last["panel"]})
    assert {each["act"] for each in offered} == {"confirm-seat", "declare-conflict"}
    assert {each["part"] for each in offered} == {stage.seats()[1]["id"]}
    play(stage, "conflicted")
    with pytest.raises(Refusal, match="not-found"):
        stage.office.get({"token": stage.token(expert(person)), "id": stage.last["panel"]})


def test_an_experts_name_is_closed_to_other_experts_and_opened_on_record(stage):
    play(stage, "pool")
    first = {"id": stage.experts[0], "reveal": True}
    assert stage.office.get({"token": stage.token(PEOPLE["lead_bureau"]), **first})["body"]["name"] == "专家甲"
    assert stage.office.get({"token": stage.token(expert("person_expert1")), **first})["body"]["name"] == "专家甲"
    with pytest.raises(Refusal, match="not-found"):
        stage.office.get({"token": stage.token(expert("person_expert2")), **first})
    closed = stage.office.get({"token": stage.token(PEOPLE["institution"]), "id": stage.experts[0]})
    assert closed["body"]["name"] == {"marked": "personal", "may_reveal": True}


def test_the_duties_name_whoever_is_waited_for(stage):
    play(stage, "pool", "requested")

    def waits(actor):
        duties = stage.office.duties({"token": stage.token(actor)})["items"]
        return {act for duty in duties if duty["root"] == stage.last["panel"] for act in duty["acts"]}

    assert "draw-members" in waits(PEOPLE["institution"])
    play(stage, "drawn")
    assert "confirm-seat" in waits(stage.who("member 0"))
    play(stage, "confirmed", "led", "sitting")
    assert waits(stage.who("leader")) == {"sign-opinion"}


def test_the_same_request_event_twice_is_one_panel(stage):
    play(stage, "pool", "requested")
    stage.events -= 1
    assert stage.event(REQUEST["event"], REQUEST["data"]) == "repeat"
    panels = stage.office.search({"token": stage.token(PEOPLE["institution"]), "kind": "panel"})
    assert panels["total"] == 1


def test_numbers_are_taken_once_each_however_many_take_them_at_a_time(stage):
    taken, faults = [], []

    def take():
        try:
            with stage.office.database.writing() as connection:
                taken.append(next_number(connection, "panel-2026"))
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    assert sorted(taken) == [1, 2, 3, 4, 5, 6]


def test_the_tables_are_what_the_migrations_make(stage):
    with stage.office.database.reading() as connection:
        for table in tables.metadata.tables.values():
            assert connection.execute(select(table)).all() == []
