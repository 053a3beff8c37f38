"""Who has which duty at each step of a document and of a publication: a row is what happens, and everybody who then has something to do."""

import pytest
from notify_stage import CONFIRMATION, PEOPLE, Stage, paper_file

from chassis.core import Refusal
from notify.acts import printing
from notify.rendering.pdf import NotPrinted, Printed

PLAN = {
    "recall": "recall_1",
    "case": None,
    "plan": {"measures": "退货"},
    "producer": {"code": "91210100MA0000A019", "name": "辽宁示例家具制造有限公司"},
    "product": {"name": "学生书桌"},
    "hazard": "甲醛",
    "measures": "退货",
    "quantity": 1260,
    "filed_on": "2026-07-06",
}
PLATFORM = {"national_number": "ZH202600012", "published_on": "2026-07-06", "url": "https://recall.example.test/12"}
NEWS = {"title": "示例公司召回学生书桌", "text": "自即日起召回。", "published_on": "2026-07-06"}
POSTED = {"manner": "post", "served_on": "2026-07-06", "slip_number": "示例1", "proof": paper_file()}


def division(*acts: str) -> dict[str, set[str]]:
    """The same acts for the people of the recall division, its registry among them."""
    return {"handler": set(acts), "registry": set(acts)}


def duties(stage: Stage) -> dict[str, set[str]]:
    """What waits for whom: the acts of each person's duties, those with none left out."""
    waiting = {
        who: {act for duty in stage.office.duties({"token": stage.token(who)})["items"] for act in duty["acts"]}
        for who in PEOPLE
    }
    return {who: acts for who, acts in waiting.items() if acts}


def test_a_paper_is_sealed_once_and_then_served(stage: Stage, without_printing: None) -> None:
    document = stage.issue()
    assert duties(stage) == {}
    stage.work()
    assert duties(stage) == division("record-seal", "record-service")
    stage.act("record-seal", "registry", {"used_on": "2026-07-06"}, document)
    assert duties(stage) == division("record-service")
    stage.act("record-service", "registry", POSTED, document)
    assert duties(stage) == {}


def test_the_scan_of_a_sealed_paper_may_follow_and_the_use_of_the_seal_is_recorded_once(
    stage: Stage, without_printing: None
) -> None:
    document = stage.issue()
    stage.work()
    stage.act("record-seal", "registry", {"used_on": "2026-07-06"}, document)
    with pytest.raises(Refusal) as refused:
        stage.act("record-seal", "registry", {"used_on": "2026-07-06"}, document)
    assert refused.value.facts["guard"] == "not_sealed_yet"
    stage.act("record-seal", "registry", {"used_on": "2026-07-06", "scan": paper_file("盖章.pdf")}, document)
    assert stage.look(document)["body"]["sealed_scan"]["name"] == "盖章.pdf"


def test_a_paper_that_could_not_be_printed_waits_to_be_printed_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(page: dict) -> Printed:
        raise NotPrinted("recall-notice: broken")

    monkeypatch.setattr(printing, "print_paper", broken)
    document = stage.issue()
    stage.work()
    assert duties(stage) == division("print-again")
    stage.act("print-again", "registry", root=document)
    assert duties(stage) == {}


def test_what_is_served_electronically_or_filed_waits_for_nobody(stage: Stage, without_printing: None) -> None:
    stage.act("confirm-service-address", "producer", CONFIRMATION, kind="address")
    served = stage.issue()
    filed = stage.issue(kind="会商纪要", addressee=None, fields={"outcome": "信息跟踪"})
    while stage.work():
        pass
    assert (stage.look(served)["state"], stage.look(filed)["state"]) == ("served", "filed")
    assert duties(stage) == {}


def test_each_step_of_a_publication_is_a_duty_of_the_recall_division(stage: Stage) -> None:
    assert stage.send("recall.plan-filed.v1", PLAN, subject="recall_1").outcome == "taken"
    publication = stage.office.search({"token": stage.token("handler"), "kind": "publication"})["items"][0]["id"]
    assert duties(stage) == division("publish-recall")
    stage.act("publish-recall", "handler", PLATFORM, publication, kind="publication")
    assert duties(stage) == division("publish-news")
    stage.act("publish-news", "handler", NEWS, publication, kind="publication")
    assert duties(stage) == {}
