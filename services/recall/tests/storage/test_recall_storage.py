"""The sample case's recall on SQLite and PostgreSQL: events and people, two rounds, one chain of hashes."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recall_stage import CASE, NOTIFIED, PEOPLE, begin, deliver, do
from sqlalchemy import func, select

from chassis.core import Refusal
from chassis.core.storage import tables
from recall.storage import queries


def test_the_sample_recall_runs_from_the_notice_to_its_closing_in_two_rounds(stage):
    recall = begin(stage)
    stage.on("2026-07-17")
    assert deliver(stage, recall, "investigation.objection-filed.v1", filed_on="2026-07-17") == "taken"
    stage.on("2026-08-03")
    decided = {"outcome": "defect_confirmed", "decided_on": "2026-07-31", "served_on": "2026-08-03"}
    assert deliver(stage, recall, "investigation.objection-decided.v1", **decided) == "taken"
    stage.on("2026-08-14")
    filed = do(stage, recall, "plan")
    clocks = {(clock["clock"], clock["event"]): clock["due_on"] for clock in filed["clocks"]}
    assert clocks[("plan", "met")] == "2026-08-17"
    assert clocks[("publication", "started")] == "2026-08-19"
    do(stage, recall, "form", "advice", "stopped", "sale stopped", "notice")
    stage.on("2026-08-19")
    published = {"publication": "publication_1", "national_number": "示例2026-001", "published_on": "2026-08-19"}
    assert deliver(stage, recall, "notify.recall-published.v1", **published) == "taken"
    do(stage, recall, "assigned", "accepted")
    stage.on("2026-09-01")
    do(stage, recall, "progress one", "fed back", "feedback noted", "evaluated insufficient")
    assert stage.system(recall).root.body["effect"]["rate"] == 3861
    do(stage, recall, "required again")
    served = {"act": "require-re-recall", "served_on": "2026-09-02", "number": "示例文号"}
    stage.on("2026-09-02")
    assert deliver(stage, recall, "notify.document-served.v1", **served) == "taken"
    stage.on("2026-09-10")
    do(stage, recall, "supplementary plan")
    stage.on("2026-11-17")
    do(stage, recall, "progress two", "fed back", "evaluated sufficient", "summary")
    closed = do(stage, recall, "closed with reasons")

    assert (closed["state"], closed["number"], closed["dossier"]) == ("closed", "示例2026-001", "dossier_sample")
    assert [fact["kind"] for fact in stage.facts("document-issued")] == [
        "消费品召回计划", "召回公告", "核查表", "效果评估报告", "重新召回通知书", "消费品召回计划", "核查表", "效果评估报告", "召回总结",
    ]  # fmt: skip
    (closed_fact,) = stage.facts("recall-closed")
    assert (closed_fact["rate"], closed_fact["rounds"], closed_fact["case"]) == (6592, 2, CASE)
    assert stage.office.verify("dossier_sample") == []
    assert not [run for run in stage.system(recall).clocks if run.state == "running"]


def test_a_fact_that_arrives_three_times_opens_one_recall(stage):
    begin(stage)
    repeats = [stage.event("investigation.recall-notified.v1", NOTIFIED, subject=CASE, sequence=1) for _ in range(2)]
    assert repeats == ["repeat", "repeat"]
    assert len(stage.roots("recall")) == 1


def test_an_objection_holds_the_notified_recall_and_not_the_voluntary_one_of_the_same_case(stage):
    notified = begin(stage)
    voluntary = NOTIFIED | {"basis": "voluntary", "covers": "2024年批次"}
    assert stage.event("investigation.voluntary-recall-declared.v1", voluntary, subject=CASE) == "taken"
    (other,) = set(stage.roots("recall")) - {notified}
    assert deliver(stage, notified, "investigation.objection-filed.v1", filed_on="2026-07-06") == "taken"
    assert (stage.system(notified).root.state, stage.system(other).root.state) == ("on_hold", "awaiting_plan")


def test_facts_about_a_recall_that_has_ended_or_is_not_here_change_nothing_and_hold_nothing_back(stage):
    recall = begin(stage)
    withdrawn = {"outcome": "no_defect", "decided_on": "2026-07-06", "served_on": "2026-07-06"}
    assert deliver(stage, recall, "investigation.objection-decided.v1", **withdrawn) == "taken"
    version = stage.system(recall).root.version
    assert deliver(stage, recall, "investigation.objection-filed.v1", filed_on="2026-07-06") == "taken"
    assert deliver(
        stage, recall, "notify.recall-published.v1", publication="p", national_number="n", published_on="2026-07-06"
    )
    served = {"act": "require-re-recall", "served_on": "2026-07-06"}
    assert (
        deliver(stage, "recall_00000000-0000-7000-8000-000000000000", "notify.document-served.v1", **served) == "taken"
    )
    assert (stage.system(recall).root.version, stage.system(recall).root.state) == (version, "withdrawn")


def test_the_finders_name_only_recalls_that_are_open(stage):
    recall = begin(stage)
    with stage.office.database.reading() as connection:
        assert queries.notified_recall_of_case(connection, {"case": CASE}) == recall
        assert queries.notified_recall_of_case(connection, {"case": "case_other"}) is None
        assert queries.recall_of_document(connection, {"root": recall}) == recall
        assert queries.recall_published(connection, {"recall": "recall_other"}) is None


def test_a_plan_shows_the_public_nothing_that_is_kept_back(stage):
    recall = begin(stage)
    do(stage, recall, "plan")
    (fact,) = stage.facts("plan-filed")
    assert fact["plan"]["hotline"] == "示例热线"
    assert not {"contact", "operators"} & set(fact["plan"])
    assert "示例联系人" not in json.dumps(stage.facts(), ensure_ascii=False)


@pytest.mark.parametrize(
    ("who", "sees"),
    [("handler", True), ("leader", True), ("institution", True), ("producer", True), ("shop", True), ("shenyang", True),
     ("dalian", False), ("stranger", False), ("enforcement", False)],
)  # fmt: skip
def test_who_sees_the_recall_on_its_page_and_in_the_list(stage, who, sees):
    recall = begin(stage)
    do(stage, recall, "plan", "assigned")
    listed = stage.office.search({"token": stage.token(who), "kind": "recall"})["items"]
    assert [item["id"] for item in listed] == ([recall] if sees else [])
    if sees:
        assert stage.get(who, recall)["title"].startswith("辽宁示例家具制造有限公司")
    else:
        with pytest.raises(Refusal, match="not-found"):
            stage.get(who, recall)


def test_an_operator_sees_neither_progress_nor_feedback(stage):
    recall = begin(stage)
    do(stage, recall, "plan", "assigned", "accepted", "progress one", "fed back")
    seen = stage.get("shop", recall)["body"]
    assert "plan" in seen
    assert not {"progress", "recovered", "feedback", "operators", "stop_sale"} & set(seen)
    assert "operators" not in seen["plan"]


def test_a_contact_is_kept_sealed_and_its_reading_is_recorded(stage):
    recall = begin(stage)
    do(stage, recall, "plan")
    assert "示例联系人" not in json.dumps(stage.system(recall).root.body, ensure_ascii=False)
    shown = stage.office.get({"token": stage.token("handler"), "id": recall, "reveal": True})
    assert shown["body"]["plan"]["contact"] == "示例联系人"
    with stage.office.database.reading() as connection:
        people = connection.execute(select(tables.accesses.c.person)).scalars().all()
    assert set(people) == {PEOPLE["handler"].person}


def test_the_bureau_that_was_assigned_has_the_feedback_among_its_duties(stage):
    recall = begin(stage)
    do(stage, recall, "plan", "assigned", "accepted")
    duties = stage.office.duties({"token": stage.token("shenyang")})["items"]
    assert [(duty["clock"], duty["acts"]) for duty in duties if duty["why"] == "clock"] == [
        ("feedback", ["submit-feedback"])
    ]
    assert stage.office.duties({"token": stage.token("dalian")})["items"] == []


reports = st.lists(
    st.tuples(st.sampled_from(["submit-progress", "correct-progress"]), st.integers(0, 400), st.integers(0, 900)),
    max_size=8,
)


@given(reports=reports)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_came_back_never_falls_without_a_correction_and_is_never_more_than_was_distributed(stage, reports):
    recall = voluntary(stage)
    for name, dealers, consumers in reports:
        before = stage.system(recall).root.body.get("recovered")
        reasons = {"reasons": "误报"} if name == "correct-progress" else {"as_of": stage.today}
        try:
            stage.act(
                "producer", "recall", name, recall, {"from_dealers": dealers, "from_consumers": consumers} | reasons
            )
        except Refusal as refusal:
            assert refusal.code in ("invalid", "guard")
        after = stage.system(recall).root.body.get("recovered")
        if after:
            assert after["dealers"] <= 310 and after["consumers"] <= 770 and 0 <= after["rate"] <= 10_000
        if after and before and name == "submit-progress":
            assert after["dealers"] >= before["dealers"] and after["consumers"] >= before["consumers"]


def voluntary(stage) -> str:
    """A voluntary recall of its own, its plan filed."""
    data = {"name": "辽宁示例家具制造有限公司", "address": "示例路", "product": {"name": "示例学习桌"}}
    data |= {"hazard": "示例", "defect": "示例", "grounds": "示例"}
    recall = stage.act("producer", "recall", "file-voluntary-recall", None, data)["root"]
    do(stage, recall, "plan")
    return recall


def test_the_migrations_make_the_tables_that_the_service_uses(stage):
    with stage.office.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(tables.roots)).scalar_one() == 0
        assert queries.notified_recall_of_case(connection, {"case": CASE}) is None
