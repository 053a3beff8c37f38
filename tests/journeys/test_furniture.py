"""The sample case in detail: its periods, what belongs together, who did it, its papers, and who may see what."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ops.journeys.client import Person
from ops.journeys.furniture.product import CODE, FIRM, HAZARD, PRODUCT
from ops.journeys.problems import refused
from tests import inspection
from tests.journeys.matters import Matter
from tests.stack import Json, Played

pytestmark = pytest.mark.slow
Login = Callable[[str | None], Person]


def clocks(root: Json, name: str) -> list[tuple[str, str, str, bool]]:
    """Start, due date, state and whether it is advisory, of every clock of this name."""
    return [(c["start_on"], c["due_on"], c["state"], c["advisory"]) for c in root["clocks"] if c["clock"] == name]


# --- periods -----------------------------------------------------------------------------------------------------------


def test_the_bulletin_is_due_five_working_days_from_its_issue(login: Login) -> None:
    (row,) = login("quality.handler").search("bulletin")
    bulletin = login("quality.handler").get(row["id"])
    assert clocks(bulletin, "hand_over") == [("2026-03-23", "2026-03-30", "met", False)]


@pytest.mark.parametrize(
    ("clock", "start", "due"),
    [
        ("notice", "2026-04-02", "2026-04-08"),  # three working days; 6 April is a holiday
        ("analysis", "2026-04-08", "2026-04-29"),  # fifteen from service
        ("supplement", "2026-04-30", "2026-05-11"),  # five; 9 May, a Saturday, is worked
        ("objection", "2026-07-06", "2026-07-20"),  # ten from receipt
    ],
)
def test_the_clocks_of_the_case_end_when_the_law_says(furniture: Matter, clock: str, start: str, due: str) -> None:
    assert clocks(furniture.one("case"), clock) == [(start, due, "met", False)]


def test_the_clocks_of_the_parent_rule_are_advisory(furniture: Matter) -> None:
    recall, publication = furniture.one("recall"), furniture.one("publication")
    assert clocks(recall, "plan")[-1] == ("2026-08-03", "2026-08-17", "met", True)
    assert clocks(recall, "publication")[0] == ("2026-08-14", "2026-08-19", "met", True)
    assert clocks(publication, "publication") == [("2026-08-14", "2026-08-19", "met", True)]


def test_the_objection_holds_the_recall_and_stops_its_period(furniture: Matter) -> None:
    assert clocks(furniture.one("recall"), "plan")[0] == ("2026-07-06", "2026-07-20", "stopped", True)


# --- what belongs together ---------------------------------------------------------------------------------------------


def test_twenty_alerts_imported_twice_are_twenty_leads(played: Played, login: Login) -> None:
    counts = [
        (row.content["noted"]["counts"]["new"], row.content["noted"]["counts"]["known"])
        for row in sorted(inspection.entries(played.stack), key=lambda row: row.content["at"])
        if row.act == "import-feed"
    ]
    assert counts == [(20, 0), (0, 20)]
    assert inspection.done(played.stack)["intake", "lead", "open-from-alert"] == 20
    first, second = sorted(login("institute.analyst").search("feed"), key=lambda row: row["opened_at"])
    leads = {row["lead"] for row in login("institute.analyst").get(first["id"])["body"]["leads"]}
    known = {row["lead"] for row in login("institute.analyst").get(second["id"])["body"]["known"]}
    assert len(leads) == 20 and leads == known


def test_every_failing_line_of_the_bulletin_is_a_lead(played: Played) -> None:
    assert inspection.done(played.stack)["intake", "lead", "open-from-bulletin"] == 42


def test_the_signal_holds_the_four_leads_and_says_why(furniture: Matter) -> None:
    body = furniture.one("signal")["body"]
    sources = sorted(row["source"] for row in body["leads"])
    assert sources == ["complaint_12315", "public_report", "spot_check", "spot_check"]
    assert {row["lead"] for row in body["leads"]} == {lead["id"] for lead in furniture.all("lead")}
    reasons = {row["code"]: row for row in body["reasons"]}
    assert {"brand", "model", "producer", "product", "hazard"} <= set(reasons)
    assert PRODUCT["brand"] in reasons["brand"]["zh"] and FIRM in reasons["producer"]["en"]
    assert all(row["points"] > 0 and row["zh"] and row["en"] for row in body["reasons"])


# --- people ------------------------------------------------------------------------------------------------------------


def test_one_member_of_the_first_panel_declared_a_conflict_and_was_replaced(furniture: Matter) -> None:
    panel = next(panel for panel in furniture.all("panel") if panel["body"]["purpose"] == "consultation")
    seats = [part for part in panel["parts"] if part["kind"] == "seat"]
    (replaced,) = [seat for seat in seats if seat["state"] == "replaced"]
    sitting = {seat["id"]: seat["body"]["expert"] for seat in seats if seat["state"] == "confirmed"}
    assert replaced["body"]["recusal"]["by"] == "member"
    assert replaced["body"]["replaced_by"] in sitting
    assert len(set(sitting.values())) == 3 and replaced["body"]["expert"] not in sitting.values()
    assert panel["body"]["leader"]["seat"] in sitting


def test_two_people_made_the_risk_assessment(furniture: Matter) -> None:
    (assessment,) = [part for part in furniture.one("signal")["parts"] if part["kind"] == "assessment"]
    assert assessment["state"] == "validated"
    assert assessment["body"]["proposed_by"] == "person_institute_analyst"
    assert assessment["body"]["validation"]["by"] == "person_institute_analyst2"


def test_no_two_steps_of_an_approval_are_one_person(furniture: Matter) -> None:
    signed = [
        row for row in furniture.view["timeline"] if row["draft"] and row["act"] not in ("draft", "approve-draft")
    ]
    assert len(signed) == 5
    for row in signed:
        chain = [row["draft"]["drafter"], *(step["person"] for step in row["draft"]["steps"])]
        assert len(set(chain)) == len(chain), row["act"]
        assert row["draft"]["steps"][-1]["result"] == "signed"


def test_the_visit_names_two_officers_with_certificates(furniture: Matter) -> None:
    (visit,) = [row for row in furniture.view["timeline"] if row["act"] == "record-visit"]
    assert len({officer["certificate"] for officer in visit["data"]["officers"]}) == 2
    assert visit["data"]["certificates_shown"] and visit["data"]["evidence_shown"]


# --- papers ------------------------------------------------------------------------------------------------------------


def test_document_numbers_follow_the_day_of_signing_without_a_gap(played: Played, furniture: Matter) -> None:
    assert inspection.gaps(played.stack) == {}
    by_series: dict[str, list[tuple[int, str]]] = {}
    for paper in furniture.all("document"):
        if paper["number"]:
            match = inspection.NUMBER.fullmatch(paper["number"])
            assert match, paper["number"]
            by_series.setdefault(match["series"], []).append((int(match["number"]), paper["body"]["signed_on"]))
    assert {"辽市监消调〔2026〕", "辽市监消召〔2026〕", "辽市监消认〔2026〕", "辽市监消重〔2026〕"} <= set(by_series)
    for series, given in by_series.items():
        days = [day for _, day in sorted(given)]
        assert days == sorted(days), series


def test_the_recall_notice_opens_and_names_producer_product_and_number(
    furniture_of_the_producer: Matter, tmp_path: Path
) -> None:
    (notice,) = [d for d in furniture_of_the_producer.all("document") if d["body"]["kind"] == "召回通知书"]
    held = notice["body"]["pdf"]
    file = tmp_path / "notice.pdf"
    file.write_bytes(furniture_of_the_producer.person.download(notice["id"], held["hash"]))
    assert file.stat().st_size == held["size"]
    done = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True)
    text = "".join(done.stdout.split())
    for expected in (FIRM, PRODUCT["name"], notice["number"], "2026年7月6日", "十个工作日"):
        assert expected in text, expected


def test_what_was_served_has_its_proof_of_service(furniture: Matter) -> None:
    served = [paper for paper in furniture.all("document") if paper["state"] == "served"]
    assert {paper["body"]["kind"] for paper in served} == {
        "消费品调查分析通知书", "补充材料通知书", "召回通知书", "认定结果通知书", "重新召回通知书",
    }  # fmt: skip
    for paper in served:
        assert paper["body"]["service"]["manner"] == "electronic" and paper["body"]["proof"]["hash"]
        assert paper["body"]["addressee"]["id"] == f"org_{CODE}"


# --- the recall and its end --------------------------------------------------------------------------------------------


def test_two_rounds_bring_back_38_6_and_65_9_per_cent(furniture: Matter) -> None:
    recall = furniture.one("recall")
    assert recall["body"]["quantities"] == {
        "produced": 1260, "warehouse": 180, "dealers": 310, "consumers": 770, "distributed": 1080,
    }  # fmt: skip
    assert [(row["round"], round(row["rate"] / 100, 1)) for row in recall["body"]["progress"]] == [(1, 38.6), (2, 65.9)]
    assert [part["state"] for part in recall["parts"] if part["kind"] == "round"] == ["ended", "ended"]
    assert recall["body"]["closing"]["result"] == "residual_risk_accepted"
    assert recall["body"]["closing"]["residual_risk_reasons"]


def test_the_recall_is_closed_and_the_case_with_it(furniture: Matter) -> None:
    assert furniture.one("recall")["state"] == "closed"
    assert furniture.one("case")["state"] == "closed"
    assert furniture.one("publication")["state"] == "concluded"
    assert furniture.acts("case")[-1] == "close-case"


def test_a_voluntary_recall_ends_the_case_without_a_recall_notice(voluntary: Matter) -> None:
    assert "notify-recall" not in voluntary.acts("case")
    assert voluntary.one("recall")["body"]["basis"] == "voluntary"
    assert voluntary.one("recall")["state"] == "closed" and voluntary.one("case")["state"] == "closed"
    assert clocks(voluntary.one("case"), "objection") == []
    declared, ended = (
        voluntary.acts("case").index(act) for act in ("declare-voluntary-recall", "terminate-for-voluntary-recall")
    )
    assert ended == declared + 1


# --- who may see what --------------------------------------------------------------------------------------------------


def test_the_public_reads_the_publication_without_anybodys_contact(furniture: Matter, login: Login) -> None:
    shown = login(None).get(furniture.one("publication")["id"])
    assert shown["body"]["platform"]["national_number"] == "示例召〔2026〕001"
    assert shown["body"]["news"] and shown["body"]["producer"]["name"] == FIRM and shown["body"]["hazard"] == HAZARD
    text = json.dumps(shown, ensure_ascii=False)
    for hidden in ("示例联系人", "示例联系方式", "示例消费者", "inbox@example.com", "person_", "contact"):
        assert hidden not in text, hidden
    assert shown["parties"] == [] and shown["drafts"] == []


@pytest.mark.parametrize("kind", ["lead", "signal", "case", "recall", "panel", "document"])
def test_the_public_and_other_firms_find_nothing_else(furniture: Matter, login: Login, kind: str) -> None:
    for stranger in (None, "maker2"):
        with refused("not-found"):
            login(stranger).get(furniture.all(kind)[0]["id"])
        dossiers = {row["dossier"] for row in login(stranger).search(kind)}
        assert furniture.view["dossier"] not in dossiers


def test_the_producer_sees_its_own_side_of_the_case_only(furniture: Matter, furniture_of_the_producer: Matter) -> None:
    whole, shown = furniture.one("case")["body"], furniture_of_the_producer.one("case")
    assert set(shown["body"]) <= {
        "producer", "product", "notice", "analysis", "supplement", "voluntary", "recall_notice", "objection", "outcome", "extension",
    }  # fmt: skip
    assert set(whole) - set(shown["body"]), "the recall division sees no more than the producer"
    assert shown["parts"] == [] and shown["drafts"] == []
    internal = {
        "evaluate-analysis",
        "decide-on-analysis",
        "draft-report",
        "adopt-report",
        "review-objection",
        "record-visit",
        "draft",
    }
    assert internal <= set(furniture.acts("case"))
    assert not internal & set(furniture_of_the_producer.acts("case"))
    text = json.dumps(furniture_of_the_producer.view, ensure_ascii=False)
    for hidden in ("缺少留样检测数据", "评估意见认为证据不充分", "胶粘剂批次变更后未重新验证"):
        assert hidden not in text, hidden
        assert hidden in json.dumps(furniture.view, ensure_ascii=False), hidden


def test_the_producer_gets_no_internal_paper_and_no_informant(furniture_of_the_producer: Matter) -> None:
    assert {root["kind"] for root in furniture_of_the_producer.view["roots"]} == {
        "case",
        "document",
        "recall",
        "publication",
    }
    kinds = {paper["body"]["kind"] for paper in furniture_of_the_producer.all("document")}
    assert not kinds & {
        "调查报告",
        "判定意见",
        "专家意见",
        "会商纪要",
        "技术认定建议",
        "效果评估报告",
        "现场笔录",
        "调查方案",
        "核查表",
    }
    assert "示例消费者" not in json.dumps(furniture_of_the_producer.view, ensure_ascii=False)


# --- journals and events ------------------------------------------------------------------------------------------------


def test_every_chain_of_every_service_verifies(played: Played) -> None:
    assert len(inspection.entries(played.stack)) > 300
    assert inspection.broken_chains(played.stack) == []


def test_a_chain_that_was_changed_is_found_by_the_command(played: Played, furniture: Matter, tmp_path: Path) -> None:
    """In a copy of the database one word of one entry is changed."""
    for name in ("recall.db", "recall.db-wal"):
        source = played.stack.layout.data / name
        if source.exists():
            shutil.copy(source, tmp_path / name)
    with sqlite3.connect(tmp_path / "recall.db") as copy:
        copy.execute("update journal set entry = replace(entry, '门店', '商店') where act = 'publish-notice'")
    copy.close()
    environment = played.stack.environment("recall") | {"DATABASE_URL": f"sqlite:///{tmp_path / 'recall.db'}"}
    command = [sys.executable, "-m", "recall", "verify", furniture.one("recall")["id"]]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "the hash does not follow" in done.stdout


def test_nothing_is_parked_unsent_or_out_of_order(played: Played) -> None:
    inspection.wait_settled(played.stack)
    assert inspection.left_over(played.stack) == []
    events = inspection.published(played.stack)
    assert inspection.out_of_order(events) == {}
    assert len({event["id"] for event in events}) == len(events)
    assert {event["dossier"] for event in events} >= {played.furniture, played.voluntary}
