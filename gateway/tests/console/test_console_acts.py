"""Acts at the pages: what is sent, what is answered, and that a refusal keeps what was typed."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from console_browser import NewBrowser, Tags
from console_case import CASE, DOSSIER, DRAFT, VISIT
from console_services import FakeServices
from sqlalchemy import insert

from chassis.client import UnknownOutcome
from chassis.core.errors import Refusal
from gateway.limits import Buckets
from gateway.tables import memberships
from gateway.wiring import EXTENSION, Gateway

OBJECTION = f"/console/roots/case/{CASE}/acts/file-objection"
RECORD = f"/console/roots/case/{CASE}/acts/record-visit?part={VISIT}"
PAPER = f"/console/roots/case/{CASE}/drafts/{DRAFT}"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def photo(name: str = "照片.png", content: bytes = PNG) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def test_the_form_shows_the_clause_in_both_languages_the_help_and_the_choices_of_the_moment(
    new_browser: NewBrowser,
) -> None:
    page = new_browser().sign_in("recall.handler").get(RECORD).text
    assert "向调查对象出示被调查消费品涉嫌存在缺陷的相关证据" in page and "On site: present the evidence" in page
    assert "不少于两人，均须出示执法证" in page and "现场调查结束后录入" in page
    assert "示例检测一所" in page
    assert f'value="{CASE}"' in page, "a field that names another root offers those there are"


def test_an_act_goes_with_its_key_the_version_it_was_made_from_and_its_part(
    new_browser: NewBrowser, services: FakeServices
) -> None:
    person = new_browser().sign_in("recall.handler")
    hidden = person.hidden(RECORD)
    answer = person.post(
        RECORD,
        {
            **hidden,
            "visited_on": "2026-06-11",
            "officers.0.name": "召回承办人甲",
            "officers.0.certificate": "辽示例-0001",
            "officers.1.name": "召回承办人乙",
            "officers.1.certificate": "辽示例-0002",
            "evidence_shown": "true",
            "record": photo("笔录.png"),
        },
        content_type="multipart/form-data",
    )
    sent = services.last("perform")
    assert (sent["kind"], sent["id"], sent["act"], sent["part"], sent["expects"]) == (
        "case",
        CASE,
        "record-visit",
        VISIT,
        2,
    )
    assert sent["data"]["officers"][1] == {"name": "召回承办人乙", "certificate": "辽示例-0002"}
    assert sent["data"]["record"]["media_type"] == "image/png" and sent["data"]["evidence_shown"] is True
    assert answer.request.path == f"/console/dossiers/{DOSSIER}"
    assert "已办理：记录现场调查" in answer.text


def test_the_same_form_sent_twice_is_one_command(new_browser: NewBrowser, services: FakeServices) -> None:
    person = new_browser().sign_in("recall.handler")
    hidden = person.hidden(RECORD)
    services.refusals["record-visit"] = Refusal("guard", "执法人员不足两人", "Fewer than two officers", clause="13(3)")
    for _ in range(2):
        person.post(RECORD, {**hidden, "visited_on": "2026-06-11"})
    commands = [request["command"] for _, method, request in services.asked if method == "perform"]
    assert len(commands) == 2 and commands[0] == commands[1]
    assert person.hidden(RECORD)["key"] != hidden["key"], "a new rendering is a new command"


def test_a_refused_act_shows_its_clause_and_its_fields_and_keeps_what_was_typed(
    new_browser: NewBrowser, services: FakeServices
) -> None:
    services.refusals["file-objection"] = Refusal(
        "invalid", clause="14(1)", act="file-objection", errors={"grounds": ["理由过短 / the grounds are too short"]}
    )
    person = new_browser().sign_in("maker")
    data = {"grounds": "检测方法有误", "materials.0": photo("检测报告.png")}
    answer = person.post(OBJECTION, data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text and "第14(1)条" in answer.text
    assert "理由过短" in answer.text and 'aria-invalid="true"' in answer.text
    assert ">检测方法有误</textarea>" in answer.text and "检测报告.png" in answer.text
    kept = {
        a["name"]: a["value"]
        for a in Tags(answer.text).all("input")
        if (a.get("name") or "").startswith("materials.0::")
    }
    del services.refusals["file-objection"]
    person.post(OBJECTION, {"grounds": "检测方法有误，样品保存不当", **kept})
    assert services.last("perform")["data"]["materials"][0]["name"] == "检测报告.png", "a file is sent once"


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("wrong-state", 409, "当前状态不允许"),
        ("late", 409, "期限已过"),
        ("stale", 412, "已被他人更新"),
        ("forbidden", 403, "无权"),
    ],
)
def test_every_refusal_is_a_page_with_its_status(
    new_browser: NewBrowser, services: FakeServices, code: str, status: int, words: str
) -> None:
    services.refusals["file-objection"] = Refusal(code, clause="14(1)")
    answer = new_browser().sign_in("maker").post(OBJECTION, {"grounds": "检测方法有误"})
    assert answer.status_code == status and words in answer.text and "检测方法有误" in answer.text


def test_an_unknown_outcome_says_that_the_same_form_may_be_sent_again(
    new_browser: NewBrowser, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> None:
        raise UnknownOutcome("investigation", "perform", "no answer")

    monkeypatch.setattr(services, "_perform", silent)
    person = new_browser().sign_in("maker")
    hidden = person.hidden(OBJECTION)
    answer = person.post(OBJECTION, {**hidden, "grounds": "检测方法有误"})
    assert answer.status_code == 504 and "不会重复办理" in answer.text
    assert f'name="key" value="{hidden["key"]}"' in answer.text


def test_an_act_that_is_not_open_to_me_has_no_form(new_browser: NewBrowser) -> None:
    assert new_browser().sign_in("maker").get(RECORD).status_code == 403
    assert (
        new_browser().sign_in("recall.handler").get(f"/console/roots/case/{CASE}/acts/no-such-act").status_code == 404
    )


def test_a_row_is_added_without_scripts_and_nothing_is_lost(new_browser: NewBrowser, services: FakeServices) -> None:
    person = new_browser().sign_in("recall.handler")
    answer = person.post(
        RECORD, {"officers.0.name": "召回承办人甲", "officers.1.name": "召回承办人乙", "row": "officers"}
    )
    assert answer.status_code == 200 and 'name="officers.2.name"' in answer.text
    assert 'value="召回承办人甲"' in answer.text and 'value="召回承办人乙"' in answer.text
    assert not [method for _, method, _ in services.asked if method == "perform"]


@pytest.mark.parametrize("path", ["officers.x.y", "no.such.list", "officers.99.deep", "visited_on"])
def test_a_row_asked_for_where_there_is_none_changes_nothing(new_browser: NewBrowser, path: str) -> None:
    assert (
        new_browser().sign_in("recall.handler").post(RECORD, {"visited_on": "2026-06-11", "row": path}).status_code
        == 200
    )


@pytest.mark.parametrize("token", ["", "x", "f.0.0", None])
def test_a_post_without_its_token_is_refused(
    new_browser: NewBrowser, services: FakeServices, token: str | None
) -> None:
    person = new_browser().sign_in("maker")
    data = {"grounds": "检测方法有误"} | ({} if token is None else {"csrf": token})
    answer = person.http.post(OBJECTION, data=data)
    assert answer.status_code == 400 and "页面已过期" in answer.text
    assert not [method for _, method, _ in services.asked if method == "perform"]


def test_the_token_of_another_person_is_refused(new_browser: NewBrowser) -> None:
    other = new_browser().sign_in("maker2").hidden("/console/")["csrf"]
    assert new_browser().sign_in("maker").http.post(OBJECTION, data={"csrf": other}).status_code == 400


def test_an_act_with_approval_becomes_a_draft(new_browser: NewBrowser, services: FakeServices) -> None:
    services.roots[CASE]["state"] = "opened"
    path = f"/console/roots/case/{CASE}/acts/notify-producer"
    person = new_browser().sign_in("recall.handler")
    assert "提交审批" in person.get(path).text
    answer = person.post(path, {"days": "15"})
    assert services.last("perform")["data"] == {"days": 15}
    assert "已提交审批" in answer.text


def test_the_head_sees_the_draft_as_it_will_stand_and_approves_what_was_previewed(
    new_browser: NewBrowser, services: FakeServices
) -> None:
    person = new_browser().sign_in("recall.head")
    assert PAPER in person.get("/console/approvals").text
    page = person.get(PAPER).text
    assert "召回通知书" in page and "经专家组判定" in page and "经调查认为消费品存在缺陷的" in page
    person.post(PAPER, {"decision": "approve"})
    sent = services.last("perform")
    assert (sent["act"], sent["data"]) == ("approve-draft", {"draft": DRAFT, "hash": "a" * 64})


def test_a_draft_returned_without_reasons_comes_back(new_browser: NewBrowser, services: FakeServices) -> None:
    person = new_browser().sign_in("recall.head")
    answer = person.post(PAPER, {"decision": "return"})
    assert answer.status_code == 422 and "退回须说明理由" in answer.text
    person.post(PAPER, {"decision": "return", "reasons": "请补充检测依据"})
    assert services.last("perform")["data"]["reasons"] == "请补充检测依据"


def test_who_drafted_may_only_withdraw(new_browser: NewBrowser) -> None:
    page = new_browser().sign_in("recall.handler").get(PAPER).text
    assert 'value="withdraw"' in page and 'value="approve"' not in page


def test_a_person_of_two_organisations_chooses_one_and_may_change(new_browser: NewBrowser, gateway: Gateway) -> None:
    second = {"person": "person_recall_handler2", "organisation": "org_210000-quality", "posts": ["handler"]}
    with gateway.database.writing() as connection:
        connection.execute(insert(memberships).values(**second))
    try:
        person = new_browser()
        answer = person.post("/console/sign-in", {"username": "recall.handler2", "password": "Zhaohui-2026"})
        assert answer.status_code == 422 and 'value="org_210000-quality"' in answer.text
        page = person.sign_in("recall.handler2", organisation="org_210000-quality").get("/console/").text
        assert "省局产品质量监督处" in page
        answer = person.post("/console/organisation", {"organisation": "org_210000-recall"}, form="/console/")
        assert "省局消费品召回管理处" in answer.text
        assert person.post("/console/organisation", {"organisation": "org_210100"}, form="/console/").status_code == 403
    finally:
        with gateway.database.writing() as connection:
            mine = memberships.c.person == second["person"]
            connection.execute(memberships.delete().where(mine, memberships.c.organisation == second["organisation"]))


def test_anybody_reports_a_product_with_a_photo_and_gets_a_number(
    new_browser: NewBrowser, services: FakeServices
) -> None:
    data = {
        "product": "示例书桌",
        "what": "气味刺鼻",
        "injured": "false",
        "photos.0": photo(),
        "contact": "示例联系方式",
    }
    answer = new_browser().post("/report", data, content_type="multipart/form-data")
    sent = services.last("perform")
    assert "token" not in sent and sent["id"] is None and sent["data"]["photos"][0]["media_type"] == "image/png"
    assert answer.status_code == 200 and "线索2026-0043" in answer.text and "2026-07-16 09:00" in answer.text
    assert "示例联系方式" not in answer.text + answer.request.path


def test_a_receipt_that_was_not_given_is_not_shown(new_browser: NewBrowser) -> None:
    assert new_browser().get("/receipt/WyJ4Il0.forged").status_code == 404


def test_a_refused_report_keeps_what_was_written(new_browser: NewBrowser, services: FakeServices) -> None:
    services.refusals["report"] = Refusal("invalid", errors={"product": ["必填 / required"]})
    answer = new_browser().post("/report", {"what": "气味刺鼻"})
    assert answer.status_code == 422 and ">气味刺鼻</textarea>" in answer.text and "必填" in answer.text


def test_a_file_that_is_too_large_or_of_no_known_kind_is_refused_at_the_form(new_browser: NewBrowser) -> None:
    written, multipart = {"product": "书桌", "what": "x"}, {"content_type": "multipart/form-data"}
    large = new_browser().post("/report", {**written, "photos.0": photo(content=PNG + b"0" * 200_000)}, **multipart)
    assert large.status_code == 413
    page = new_browser().post("/report", {**written, "photos.0": photo("x.html", b"<html>")}, **multipart)
    assert page.status_code == 415 and "文件类型不被接受" in page.text


def test_reports_from_one_address_are_limited(new_browser: NewBrowser, gateway: Gateway) -> None:
    new_browser().http.application.extensions[EXTENSION] = replace(gateway, public=Buckets(1, 0.001))
    person = new_browser()
    assert person.post("/report", {"product": "书桌", "what": "x"}).status_code == 200
    answer = person.post("/report", {"product": "书桌", "what": "x"})
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
