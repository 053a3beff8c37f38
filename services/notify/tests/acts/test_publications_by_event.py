"""Publications of recalls: prepared by the plan, read by anyone once they are published."""

from typing import Any

import pytest
from notify_stage import Stage

from chassis.core import Refusal
from chassis.core.ids import new_id

PLATFORM = {"national_number": "ZH202600012", "published_on": "2026-08-18", "url": "https://recall.example.test/12"}
NEWS = {"title": "示例公司召回学生书桌", "text": "自即日起召回。", "published_on": "2026-08-18"}


def plan() -> dict[str, Any]:
    return {
        "recall": new_id("recall"),
        "case": None,
        "plan": {"measures": "退货"},
        "producer": {"code": "91210100MA0000A019", "name": "辽宁示例家具制造有限公司", "address": "沈阳市"},
        "product": {"name": "学生书桌", "quantity": 1260},
        "hazard": "甲醛",
        "measures": "退货",
        "quantity": 1260,
        "filed_on": "2026-08-14",
    }


def prepared(stage: Stage) -> tuple[str, dict[str, Any]]:
    """A publication that waits, and the plan that opened it."""
    filed = plan()
    assert stage.send("recall.plan-filed.v1", filed, subject=filed["recall"]).outcome == "taken"
    item = stage.office.search({"token": stage.token("handler"), "kind": "publication"})["items"][0]
    return item["id"], filed


def test_a_filed_plan_opens_a_publication_with_three_advisory_working_days(stage: Stage) -> None:
    stage.today("2026-08-14")
    publication, _ = prepared(stage)
    shown = stage.office.get({"token": stage.token("handler"), "id": publication})
    assert shown["state"] == "prepared"
    clock = shown["clocks"][0]
    assert (clock["clock"], clock["due_on"], clock["advisory"]) == ("publication", "2026-08-19", True)
    duties = stage.office.duties({"token": stage.token("handler")})["items"]
    assert [duty["acts"] for duty in duties] == [["publish-recall"]]


def test_nobody_outside_sees_a_publication_before_it_is_published(stage: Stage) -> None:
    stage.today("2026-08-18")
    publication, filed = prepared(stage)
    with pytest.raises(Refusal, match="not-found"):
        stage.office.get({"id": publication})
    assert stage.office.search({"kind": "publication"})["total"] == 0
    stage.act("publish-recall", "handler", PLATFORM, publication, kind="publication")
    stage.act("publish-news", "handler", NEWS, publication, kind="publication")
    shown = stage.office.get({"id": publication})
    assert shown["state"] == "announced"
    assert shown["number"] == "ZH202600012"
    assert shown["body"]["news"][0]["title"] == NEWS["title"]
    assert shown["body"]["producer"] == {"code": "91210100MA0000A019", "name": "辽宁示例家具制造有限公司"}
    assert "case" not in shown["body"]
    assert stage.facts("recall-published") == [
        {"publication": publication, "recall": filed["recall"], "case": None, **PLATFORM}
    ]


def test_a_closed_recall_concludes_its_publication_which_stays_public(stage: Stage) -> None:
    stage.today("2026-08-18")
    publication, filed = prepared(stage)
    stage.act("publish-recall", "handler", PLATFORM, publication, kind="publication")
    closed = {"recall": filed["recall"], "case": None, "closed_on": "2026-12-01", "result": "completed"}
    assert stage.send("recall.recall-closed.v1", closed, subject=filed["recall"]).outcome == "taken"
    shown = stage.office.get({"id": publication})
    assert (shown["state"], shown["body"]["closed_on"]) == ("concluded", "2026-12-01")


def test_a_closed_recall_that_was_never_published_moves_nothing(stage: Stage) -> None:
    publication, filed = prepared(stage)
    closed = {"recall": filed["recall"], "case": None, "closed_on": "2026-12-01", "result": "withdrawn"}
    assert stage.send("recall.recall-closed.v1", closed, subject=filed["recall"]).outcome == "taken"
    assert stage.look(publication)["state"] == "prepared"


def test_a_withdrawn_publication_is_no_longer_public(stage: Stage) -> None:
    stage.today("2026-08-18")
    publication, filed = prepared(stage)
    stage.act("publish-recall", "handler", PLATFORM, publication, kind="publication")
    stage.act("withdraw-publication", "handler", {"reasons": "异议成立"}, publication, kind="publication")
    with pytest.raises(Refusal, match="not-found"):
        stage.office.get({"id": publication})
    fact = {"publication": publication, "recall": filed["recall"], "reasons": "异议成立"}
    assert stage.facts("publication-withdrawn") == [fact]


def test_a_correction_is_open_and_published(stage: Stage) -> None:
    stage.today("2026-08-18")
    publication, _ = prepared(stage)
    stage.act("publish-recall", "handler", PLATFORM, publication, kind="publication")
    with pytest.raises(Refusal) as refused:
        stage.act(
            "correct-publication",
            "handler",
            {"news_title": "新标题", "reasons": "笔误"},
            publication,
            kind="publication",
        )
    assert set(refused.value.errors) == {"news_title"}
    change = {"national_number": "ZH202600013", "reasons": "编号登记有误"}
    stage.act("correct-publication", "handler", change, publication, kind="publication")
    shown = stage.office.get({"id": publication})
    assert shown["number"] == shown["body"]["platform"]["national_number"] == "ZH202600013"
    assert shown["body"]["corrections"] == [{"on": "2026-08-18", "reasons": "编号登记有误"}]
    assert stage.facts("publication-corrected")[0]["national_number"] == "ZH202600013"


def test_a_safety_tip_is_public_until_it_is_withdrawn(stage: Stage) -> None:
    data = {"title": "学生书桌安全提示", "text": "购买时查看检验报告。", "published_on": "2026-07-06"}
    tip = stage.act("publish-safety-tip", "handler", data, kind="tip")["root"]
    assert stage.office.get({"id": tip})["body"]["text"] == data["text"]
    stage.act("withdraw-safety-tip", "handler", {"reasons": "内容过期"}, tip, kind="tip")
    assert stage.office.search({"kind": "tip"})["total"] == 0
    with pytest.raises(Refusal) as refused:
        stage.act("publish-safety-tip", "city", data, kind="tip")
    assert refused.value.code == "forbidden"
