"""A whole case on SQLite and on PostgreSQL: acts, drafts, clocks, facts, journal, views and the events in and out."""

from pathlib import Path

import pytest

from chassis.core import Refusal
from chassis.testing import Rules

RULES = Rules(Path(__file__).parents[1] / "rules", kind="case")


def play(stage, *steps):
    for step in steps:
        RULES.take(stage, step)
    return stage.last["case"]


def test_a_case_from_the_finding_to_the_submission_for_an_order(stage):
    case = play(stage, "confirmed", "order asked after outcome", "order")
    root = stage.get("handler", case)
    assert (root["state"], root["title"]) == ("ordered", "辽宁示例家具制造有限公司：示例学习桌")
    clocks = {clock["clock"]: (clock["due_on"], clock["state"]) for clock in root["clocks"]}
    assert clocks == {
        "notice": ("2026-04-08", "met"),
        "analysis": ("2026-04-29", "met"),
        "objection": ("2026-07-20", "met"),
    }
    assert stage.office.verify(case) == []
    papers = [fact["kind"] for fact in stage.facts("document-issued")]
    assert papers == [
        "消费品调查分析通知书",
        "生产者调查分析报告",
        "调查方案",
        "现场笔录",
        "调查报告",
        "判定意见",
        "召回通知书",
        "异议书",
        "认定结果通知书",
        "请示",
    ]


def test_the_events_of_a_case_go_out_in_order_with_what_the_others_need(stage):
    case = play(stage, "confirmed")
    (asked,), (notified,) = stage.facts("panel-requested"), stage.facts("recall-notified")
    assert (asked["root"], asked["purpose"], asked["fields"]) == (case, "determination", ["furniture", "chemistry"])
    assert [material["title"] for material in asked["materials"]] == ["调查报告", "结论建议"]
    assert (notified["case"], notified["notified_on"], notified["basis"]) == (case, "2026-07-06", "notice")
    assert notified["producer"]["code"] == "91210100MA0000A019"
    assert stage.facts("objection-filed") == [{"case": case, "filed_on": "2026-07-20"}]
    assert [fact["served_on"] for fact in stage.facts("objection-decided")] == ["2026-08-03"]
    with stage.office.outbox.claim() as claim:
        rows = [row for row in claim.batch(100) if row.subject == case]
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    assert {row.routing_key.rpartition(".")[0] for row in rows} == {"investigation.case"}


def test_a_case_keeps_the_dossier_of_the_lead_it_came_from(stage):
    case = play(stage, "found")
    assert stage.get("handler", case)["dossier"] == "dossier_example"


def test_a_document_is_issued_on_the_clause_and_signed_by_the_leader(stage):
    play(stage, "defect found", "recall notified")
    fact = stage.facts("document-issued")[-1]
    assert (fact["clause"], fact["signed_by"], fact["issuer"]) == ("13(c)", "p_office_leader", "org_210000")
    assert "十个工作日" in fact["remedy"]


def test_the_producer_sees_its_own_papers_and_nothing_of_the_inquiry(stage):
    case = play(stage, "served")
    root = stage.get("producer", case)
    assert set(root["body"]) == {"producer", "product", "notice", "analysis", "recall_notice"}
    assert root["parts"] == root["parties"] == root["drafts"] == []
    shown = {entry["act"] for entry in stage.office.journal({"token": stage.token("producer"), "id": case})["items"]}
    assert {"notify-producer", "submit-analysis", "enter-receipt"} <= shown
    assert shown.isdisjoint({"evaluate-analysis", "record-visit", "record-determination", "draft"})


def test_a_trade_secret_is_sealed_and_opened_for_those_who_may_see_it(stage):
    secret = "胶粘剂配方甲"
    play(stage, "analysing", {"like": "analysis", "data": {"process": secret}})
    case = stage.last["case"]
    assert secret not in str(stage.entries(case)) + str(stage.facts("document-issued"))
    assert stage.get("handler", case)["body"]["analysis"]["process"] == {"marked": "trade_secret", "may_reveal": True}
    assert stage.get("handler", case, reveal=True)["body"]["analysis"]["process"] == secret
    assert stage.get("producer", case, reveal=True)["body"]["analysis"]["process"] == secret
    assert stage.get("legal", case, reveal=True)["body"]["analysis"]["process"] == {
        "marked": "trade_secret",
        "may_reveal": False,
    }


def test_a_bureau_without_a_part_in_the_case_sees_nothing(stage):
    case = play(stage, "investigating", "city commissioned")
    assert [item["id"] for item in search(stage, "shenyang")] == [case]
    assert search(stage, "dalian") == search(stage, "other") == search(stage, None) == []
    with pytest.raises(Refusal, match="not-found"):
        stage.get("dalian", case)


def search(stage, who):
    return stage.office.search({"token": stage.token(who), "kind": "case"})["items"]


def test_duties_follow_the_case(stage):
    def duties(who):
        return [
            (duty["why"], act)
            for duty in stage.office.duties({"token": stage.token(who)})["items"]
            for act in duty["acts"]
        ]

    play(stage, "found")
    assert ("clock", "notify-producer") in duties("handler")
    play(stage, {"like": "notified", "sign": False})
    assert "notify-producer" not in [act for _, act in duties("handler")]
    assert ("draft", "approve-draft") in duties("head")
    stage.sign("case", "handler")
    play(stage, "2026-04-08", "notice served")
    assert duties("producer") == [("clock", "submit-analysis")]
    play(stage, "analysis")
    assert duties("institution") == [("awaits", "evaluate-analysis")]


def test_a_lapse_is_journaled_and_moves_nothing(stage):
    case = play(stage, "served")
    stage.on("2026-07-21", "00:00:00")
    assert stage.office.lapse() == 1
    assert stage.office.lapse() == 0
    assert stage.system(case).root.state == "recall_notified"
    assert stage.entries(case)[-1]["act"] == "lapse"
    assert stage.office.verify(case) == []


def test_the_same_fact_three_times_opens_one_case(stage):
    data = RULES.steps["found"]["data"] | {"found_on": "2026-04-02"}
    outcomes = [
        stage.event(RULES.steps["found"]["event"], data, subject="signal_example", sequence=1, id="event_found")
        for _ in range(3)
    ]
    assert outcomes == ["taken", "repeat", "repeat"]
    assert len(search(stage, "handler")) == 1
