"""Intake's part of the sample case on both databases: no duplicates, numbers without gaps, analysts' decisions kept, complete facts."""

import json
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select

from chassis.core import Refusal
from intake.data import sample_alerts
from intake.storage import queries, tables

REAL = Path(__file__).parents[5] / "shared" / "data" / "safety_gate" / "rapex_alerts.jsonl"
FINDING = {"found_on": "2026-04-02", "grounds": "会商结论"}


def counted(stage, table):
    with stage.office.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def import_rows(stage, rows, **more):
    return stage.do("feed", "import-feed", "recall", {"source": "safety_gate", "rows": rows}, **more)["noted"]["counts"]


def test_the_migrations_make_exactly_the_tables_that_are_declared(stage):
    database = inspect(stage.office.database.engine)
    for table in tables.metadata.sorted_tables:
        assert {column["name"] for column in database.get_columns(table.name)} == set(table.columns.keys())
        assert {index["name"] for index in database.get_indexes(table.name)} == {index.name for index in table.indexes}


def test_twenty_alerts_imported_twice_double_nothing(stage):
    assert import_rows(stage, sample_alerts()) == {"rows": 20, "new": 20, "known": 0, "other_regime": 4}
    assert import_rows(stage, sample_alerts()) == {"rows": 20, "new": 0, "known": 20, "other_regime": 0}
    assert len(stage.leads) == len(set(stage.leads)) == 20
    assert counted(stage, tables.foreign_alerts) == 20
    second = stage.root(stage.last["feed"])["body"]
    assert second["leads"] == [] and len(second["known"]) == 20


def test_twenty_real_alerts_are_read(stage):
    if not REAL.exists():
        pytest.skip("the Safety Gate export is not here: ../shared/data/safety_gate")
    rows = "\n".join(REAL.read_text(encoding="utf-8").splitlines()[-20:])
    assert import_rows(stage, rows)["new"] == 20
    assert import_rows(stage, rows)["known"] == 20


def test_a_repeat_of_the_command_gets_the_first_answer(stage):
    first = stage.do(
        "feed", "import-feed", "recall", {"source": "safety_gate", "rows": sample_alerts()}, command="import-0001"
    )
    again = stage.do(
        "feed", "import-feed", "recall", {"source": "safety_gate", "rows": sample_alerts()}, command="import-0001"
    )
    assert again["repeat"] and again["root"] == first["root"]
    assert counted(stage, tables.foreign_alerts) == 20


def test_receipt_numbers_are_given_once_each_without_gaps_when_many_report_at_once(stage):
    numbers, faults = [], []

    def report(n):
        request = {"command": f"report-{n:04d}", "kind": "lead", "act": "report", "data": {"product": f"书桌{n}"}}
        try:
            numbers.append(stage.office.perform(request)["number"])
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=report, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert sorted(numbers) == [f"LN2026-{n:06d}" for n in range(1, 13)]


def test_a_refused_report_takes_no_number(stage):
    with pytest.raises(Refusal):
        stage.do("lead", "report", "public", {"product": ""})
    assert stage.do("lead", "report", "public", {"product": "书桌"})["number"] == "LN2026-000001"


def test_how_to_reach_the_reporter_is_sealed_and_hidden_from_the_institution(stage):
    stage.go("reported")
    assert "138示例" not in json.dumps(stage.root(stage.leads[0], "institution"), ensure_ascii=False)
    assert "contact" not in stage.root(stage.leads[0], "institution")["body"]
    shown = stage.office.get({"token": stage.token("recall"), "id": stage.leads[0], "reveal": True})
    assert shown["body"]["contact"] == "138示例"
    with pytest.raises(Refusal) as refused:
        stage.root(stage.leads[0], "producer")
    assert refused.value.code == "not-found"


def test_the_choices_of_cluster_are_groups_with_reasons_weightiest_first(stage):
    for step in ("bulletin handed over", "reported", "handed over"):
        stage.go(step)
    offered = stage.choices("signal", "cluster", "institution")["leads"]
    together = [choice["value"] for choice in offered if choice["group"] == "1"]
    assert sorted(together) == sorted([stage.leads[0], stage.leads[2], stage.leads[3]])
    assert "品牌相同（示例家具）" in offered[0]["zh"] and "same hazard (chemical)" in offered[0]["en"]
    assert [choice["group"] for choice in offered if choice["value"] == stage.leads[1]] == [""]


def test_a_foreign_alert_on_the_same_desk_joins_the_proposal(stage):
    stage.go("bulletin handed over")
    rows = json.dumps(
        {
            "alert_number": "SR/1/26",
            "product_name": "儿童书桌",
            "brand": "示例家具",
            "model": "SL-D120",
            "product_category": "Furniture",
            "risk_type": "Chemical",
        }
    )
    import_rows(stage, rows)
    offered = stage.choices("signal", "cluster", "institution")["leads"]
    assert {choice["value"] for choice in offered if choice["group"] == "1"} == {stage.leads[0], stage.leads[2]}
    assert "型号相同" in offered[0]["zh"]


def test_what_an_analyst_split_off_is_not_offered_again(stage):
    stage.go("clustered")
    signal = stage.last["signal"]
    stage.do("signal", "split-lead", "institution", {"lead": stage.leads[2], "reasons": "型号不同"})
    assert stage.choices("signal", "add-lead", "institution", signal)["lead"] == []
    stage.do(
        "lead", "report", "public", {"product": "儿童书桌", "brand": "示例家具", "model": "SL-D120", "hazard": "甲醛"}
    )
    assert [choice["value"] for choice in stage.choices("signal", "add-lead", "institution", signal)["lead"]] == [
        stage.leads[4]
    ]
    grouped = stage.choices("signal", "cluster", "institution")["leads"]
    assert {choice["value"] for choice in grouped} == {stage.leads[1], stage.leads[2], stage.leads[4]}


def test_a_lead_put_back_is_linked_again(stage):
    stage.go("clustered")
    stage.do("signal", "split-lead", "institution", {"lead": stage.leads[2], "reasons": "示例"})
    stage.do("signal", "add-lead", "institution", {"lead": stage.leads[2]})
    with stage.office.database.reading() as connection:
        links = queries.links_among(connection, stage.leads)
    assert len(links.must) == 2 and stage.leads[2] in frozenset().union(*links.must)
    assert links.cannot == frozenset()


def test_two_analysts_at_once_group_a_lead_once(stage):
    for step in ("reported", "reported"):
        stage.go(step)
    outcomes = []

    def cluster(n):
        request = {
            "token": stage.token("institution"),
            "command": f"cluster-{n}",
            "kind": "signal",
            "act": "cluster",
            "data": {"leads": stage.leads},
        }
        try:
            outcomes.append(stage.office.perform(request)["state"])
        except Refusal as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=cluster, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["clustered", "wrong-state", "wrong-state", "wrong-state"]


def test_the_finding_carries_all_that_investigation_needs(stage):
    stage.go("concluded")
    stage.today("2026-04-02")
    stage.do(
        "signal",
        "find-possible-defect",
        "recall",
        {
            **FINDING,
            "producer": {
                "name": "辽宁示例家具制造有限公司",
                "code": "91210100MA0000A019",
                "address": "沈阳市示例路1号",
            },
        },
    )
    name, fact = stage.facts()[-1]
    assert name == "possible-defect-found"
    assert fact["found_on"] == "2026-04-02" and fact["recommended_on"] is None
    assert fact["producer"] == {
        "code": "91210100MA0000A019", "name": "辽宁示例家具制造有限公司", "address": "沈阳市示例路1号", "foreign": False, "agent": None,
    }  # fmt: skip
    assert fact["product"]["model"] == "SL-D120" and fact["product"]["batches"] == ["20251201"]
    assert fact["risk_level"] == "high" and fact["institution"] == "org_institute"
    assert sorted(piece["source"] for piece in fact["evidence"][:3]) == ["12315投诉举报", "消费者反映", "监督抽查通报"]
    assert "138示例" not in json.dumps(fact, ensure_ascii=False)


def test_a_recommendation_of_possible_defect_travels_with_the_finding(stage):
    stage.go("defect recommended")
    stage.today("2026-03-26")
    stage.do("signal", "find-possible-defect", "recall", {"found_on": "2026-03-26", "grounds": "技术认定建议"})
    fact = stage.facts()[-1][1]
    assert (fact["found_on"], fact["recommended_on"]) == ("2026-03-26", "2026-03-24")
    assert stage.root(stage.last["signal"])["body"]["finding"]["notice_counts_from"] == "2026-03-24"


def test_the_request_for_a_panel_names_the_part_that_waits(stage):
    stage.go("consulting")
    signal = stage.root(stage.last["signal"])
    fact = dict(stage.facts())["panel-requested"]
    assert fact["root"] == signal["id"] and fact["part"] == fact["request"] == signal["parts"][0]["id"]
    assert fact["purpose"] == "consultation" and fact["fields"] == ["家具", "化学"]


def test_an_opinion_for_another_service_has_no_effect(stage):
    stage.go("consulting")
    assert stage.opinion(purpose="determination", part="determination_1", root="case_1") == "taken"
    assert stage.opinion(part="consultation_1") == "taken"
    assert stage.root(stage.last["signal"])["parts"][0]["state"] == "requested"


def test_a_panel_that_was_withdrawn_lets_another_be_asked_for(stage):
    stage.go("consulting")
    part = stage.root(stage.last["signal"])["parts"][0]["id"]
    data = {
        "request": part,
        "root": stage.last["signal"],
        "part": part,
        "panel": "panel_1",
        "reasons": "示例",
        "withdrawn_on": "2026-03-25",
    }
    assert stage.event("experts.panel-withdrawn.v1", data) == "taken"
    assert stage.root(stage.last["signal"])["state"] == "analysed"


def test_a_whole_dossier_verifies(stage):
    stage.go("concluded")
    dossier = stage.root(stage.last["signal"])["dossier"]
    assert stage.office.verify(dossier) == []
    rows = stage.office.journal({"token": stage.token("recall"), "dossier": dossier})["items"]
    assert {row["root_kind"] for row in rows} == {"lead", "signal"}


def test_a_floating_number_in_an_alert_does_no_harm(stage):
    with pytest.raises(Refusal) as refused:
        stage.do(
            "feed",
            "import-feed",
            "recall",
            {"source": "other", "alerts": [{"alert_number": "A1", "product_name": 1.5}]},
        )
    assert refused.value.code == "invalid"


def test_the_longest_texts_fit(stage):
    long = {
        "product": "桌" * 200,
        "brand": "牌" * 100,
        "model": "M" * 100,
        "producer": "厂" * 200,
        "hazards": ["chemical", "fire", "fall"],
    }
    stage.do(
        "lead",
        "report",
        "public",
        {**long, "gtin": "6" * 60, "description": "述" * 5000, "batches": ["批" * 100] * 100},
    )
    assert len(stage.root(stage.leads[0])["title"]) == 300
    alert = {
        "alert_number": "N" * 60,
        "product_name": "P" * 200,
        "brand": "B" * 200,
        "barcode": "6" * 300,
        "batch_number": "L" * 500,
    }
    import_rows(stage, json.dumps(alert | {"product_description": "述" * 5000, "risk_description": "险" * 5000}))
    line = {
        "product": "桌" * 200,
        "producer": "厂" * 200,
        "item": "项" * 100,
        "measured": "9" * 40,
        "limit": "8" * 40,
        "unit": "位" * 30,
    }
    stage.do(
        "bulletin",
        "register-bulletin",
        "quality",
        {"number": "号" * 60, "title": "题" * 200, "issued_on": "2026-03-23", "lines": [line]},
    )
    assert stage.do("bulletin", "hand-over", "quality")["noted"] == {"leads": 1}
    assert stage.do("signal", "cluster", "institution", {"leads": stage.leads[:1]})["state"] == "clustered"
