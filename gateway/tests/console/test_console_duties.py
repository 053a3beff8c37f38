"""Pages of duties: queues, what is sent back, what is late by unit, the number in the head, and what they cost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from console_browser import NewBrowser
from console_case import CASE, CLOCK, DRAFT
from console_long_case import identifier
from console_services import FakeServices, counted

from chassis.core.errors import Refusal

RETURNED = {
    "person": "person_recall_head",
    "organisation": "org_210000-recall",
    "post": "head",
    "result": "returned",
    "at": "2026-07-05T02:00:00.000000Z",
    "reasons": "请补充检测依据",
}


def many(services: FakeServices, number: int) -> None:
    """Let this many cases wait."""
    duty = services._duty(services.roots[CASE], "clock", ["close-case"], **{**CLOCK, "working_days_left": 9})
    services.further_duties = [
        {**duty, "root": identifier("case", 1000 + n), "title": f"第{n:04}案"} for n in range(number)
    ]


def calls(services: FakeServices, method: str) -> list[dict[str, Any]]:
    return [request for _, asked, request in services.asked if asked == method]


def test_the_pages_of_duties_follow_each_other(new_browser: NewBrowser, services: FakeServices) -> None:
    many(services, 64)
    person = new_browser().sign_in("recall.handler")
    address, titles = "/console/", list[str]()
    for _ in range(3):
        page = person.get(address).text
        titles += re.findall(r"第\d{4}案", page)
        assert "有 65 件事等您办理" in page
        more = re.search(r'href="(/console/[^"]*)" rel="next"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert not address and "结案" in page
    assert titles == [f"第{n:04}案" for n in range(64)]


def test_beyond_a_thousand_it_says_so(new_browser: NewBrowser, services: FakeServices) -> None:
    many(services, 1200)
    person = new_browser().sign_in("recall.handler")
    assert "有超过 1000 件事等您办理" in person.get("/console/").text
    count = person.get("/console/duties/count?seen=1000").text
    assert "1000+" in count and "有超过 1000 件事等您办理" in count and "有新的待办" not in count
    assert "more than 1000 things wait for you" in person.english().get("/console/").text


def test_the_number_in_the_head_asks_each_service_for_one_duty(new_browser: NewBrowser, services: FakeServices) -> None:
    many(services, 30)
    person = new_browser().sign_in("recall.handler")
    services.asked.clear()
    assert ">31<" in person.get("/console/duties/count").text
    assert [(method, request["size"]) for _, method, request in services.asked] == [("duties", 1)] * 5
    services.away = {"recall"}
    assert "部分服务暂时离线" in person.get("/console/duties/count").text


def test_my_unit_s_queue_and_my_drafts_have_tabs(new_browser: NewBrowser, services: FakeServices) -> None:
    person = new_browser().sign_in("recall.handler")
    page = person.get("/console/").text
    assert page.index("我的待办</a>") < page.index(">本单位</a>") < page.index(">我拟的稿</a>")
    person.get("/console/?queue=unit")
    assert {request["queue"] for request in calls(services, "duties")[-5:]} == {"unit"}
    page = person.get("/console/?queue=drafts").text
    assert {request["queue"] for request in calls(services, "duties")[-5:]} == {"drafts"}
    assert "审批中" in page and "待办：处室负责人" in page
    assert f'href="/console/roots/case/{CASE}/drafts/{DRAFT}">撤回</a>' in page
    assert "这里没有事项" in new_browser().sign_in("recall.head").get("/console/?queue=drafts").text


def test_a_draft_that_was_sent_back_shows_the_reasons_and_is_drafted_again_with_its_data(
    new_browser: NewBrowser, services: FakeServices
) -> None:
    assert services.draft is not None
    sealed = {"name": {"marked": "personal"}, "reasons": "经专家组判定", "days": 10}
    services.draft |= {"state": "returned", "steps": [RETURNED], "data": sealed}
    services.roots[CASE]["state"] = "determined"
    person = new_browser().sign_in("recall.handler")
    page = person.get("/console/?queue=drafts").text
    assert "退回我修改的" in page and "请补充检测依据" in page and "召回处处长" in page
    link = re.search(r'href="([^"]+/acts/notify-recall[^"]*)">重新拟稿', page)
    assert link
    form = person.get(link[1].replace("&amp;", "&")).text
    assert ">经专家组判定</textarea>" in form and 'value="10"' in form and "marked" not in form
    draft = f"/console/roots/case/{CASE}/drafts/{DRAFT}"
    assert 'value="withdraw"' in person.get(draft).text
    person.post(draft, {"decision": "withdraw"})
    assert services.last("perform")["data"] == {"draft": DRAFT}


def test_what_is_late_by_unit_is_shown_to_whoever_sees_any(new_browser: NewBrowser, services: FakeServices) -> None:
    person = new_browser().sign_in("recall.head")
    assert "各单位逾期情况</h2>" not in person.loaded("/console/")
    assert "没有逾期事项" in person.get("/console/duties/late").text
    services.late = {
        "investigation": [{"unit": "org_210100", "count": 2, "oldest": "2026-07-01T16:00:00Z"}],
        "recall": [{"unit": "org_210100", "count": 3, "oldest": "2026-06-01T16:00:00.000000Z"}],
    }
    page = person.loaded("/console/")
    assert "各单位逾期情况" in page and "5 件" in page and "最早 2026-06-01 到期" in page
    assert "沈阳市" in page
    services.away = {"experts"}
    assert "部分服务暂时离线" in person.fragment("/console/duties/late")


def test_approvals_ask_for_the_drafts_alone(new_browser: NewBrowser, services: FakeServices) -> None:
    person = new_browser().sign_in("recall.head")
    services.asked.clear()
    page = person.get("/console/approvals").text
    assert DRAFT in page and "共 1 件" in page
    assert [request["why"] for request in calls(services, "duties")] == ["draft"] * 5


def test_a_refusing_service_is_named_and_the_rest_is_there(
    new_browser: NewBrowser, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = services._duties

    def refuse(service: str, request: dict[str, Any], who: dict[str, Any]) -> Any:
        if service == "recall":
            raise Refusal("internal")
        return plain(service, request, who)

    monkeypatch.setattr(services, "_duties", refuse)
    person = new_browser().sign_in("maker")
    for path in ("/console/", "/console/inbox", "/console/approvals"):
        answer = person.get(path)
        assert answer.status_code == 200 and "部分服务暂时离线" in answer.text, path
    assert "异议期限" in person.get("/console/").text


def test_when_nobody_answers_the_page_does_not_say_that_nothing_waits(
    new_browser: NewBrowser, services: FakeServices
) -> None:
    person = new_browser().sign_in("recall.handler")
    person.get("/console/")
    services.away = {"intake", "investigation", "recall", "experts", "notify"}
    page = person.get("/console/").text
    assert "部分服务暂时离线" in page and "法律启动的事项" not in page and 'class="empty"' not in page


def test_lists_go_on_by_cursor_with_their_count(
    new_browser: NewBrowser, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{**services._view(services.roots[CASE]), "id": identifier("case", n)} for n in range(1200)]
    monkeypatch.setattr(services, "_search", lambda service, request, who: counted(rows, request, 20))
    person = new_browser().sign_in("recall.handler")
    page = person.get("/console/lists/case").text
    assert "超过 1000 条" in page and 'after=place-20" rel="next">下一页' in page and "首页" not in page
    page = person.get("/console/lists/case?q=书桌&after=place-1180").text
    assert 'rel="next"' not in page and ">首页</a>" in page
    assert "more than 1000" in person.english().get("/console/lists/case").text
    for path in ("/console/inbox", "/recalls", "/console/lists?q=x"):
        page = person.get(path).text
        assert 'rel="next"' in page and "page=" not in page and "more than 1000" in page, path


def test_the_inbox_reads_one_page_of_duties(new_browser: NewBrowser, services: FakeServices) -> None:
    duty = services._duty(services.roots[CASE], "clock", ["file-objection"], **CLOCK)
    services.further_duties = [{**duty, "root": identifier("case", n)} for n in range(80)]
    person = new_browser().sign_in("maker")
    services.asked.clear()
    page = person.get("/console/inbox").text
    assert len(calls(services, "duties")) <= 10 and "全部期限见" in page
