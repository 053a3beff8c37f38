"""What the pages show and to whom: both languages, sign-in, security headers, no foreign sources."""

from __future__ import annotations

import re

import pytest
from console_browser import NewBrowser, Tags
from console_case import CASE, CLOCK, DOSSIER, DRAFT, LEAD, NOTICE, NOTICE_FILE, PDF, PUBLICATION, RECALL
from console_services import FakeServices
from flask import Flask

from chassis.core.errors import Refusal
from gateway.console.localisation import localised
from gateway.wiring import Gateway

PUBLIC = ["/", "/recalls", f"/recalls/{PUBLICATION}", "/report", "/privacy", "/console/sign-in"]
PAGES = [
    "/console/",
    "/console/?queue=unit",
    "/console/?queue=drafts",
    "/console/duties/late",
    "/console/approvals",
    "/console/inbox",
    "/console/lists",
    "/console/lists?q=书桌",
    "/console/lists/case",
    "/console/start",
    "/console/start/lead/report",
    f"/console/dossiers/{DOSSIER}",
    f"/console/dossiers/{DOSSIER}/roots",
    f"/console/dossiers/{DOSSIER}/timeline",
    f"/console/dossiers/{DOSSIER}/acts",
    f"/console/dossiers/{DOSSIER}/documents",
    f"/console/roots/recall/{RECALL}?alone=1",
    f"/console/roots/case/{CASE}/section",
    f"/console/roots/case/{CASE}/on-file",
    f"/console/roots/case/{CASE}/timeline",
    f"/console/roots/case/{CASE}/entries/5",
    f"/console/roots/case/{CASE}/acts/record-visit",
    f"/console/roots/case/{CASE}/drafts/{DRAFT}",
]


def refuse(*_: object) -> None:
    raise Refusal("not-found")


@pytest.mark.parametrize("path", PUBLIC)
def test_the_public_pages_need_no_sign_in(new_browser: NewBrowser, path: str) -> None:
    answer = new_browser().get(path)
    assert answer.status_code == 200
    assert '<html lang="zh-CN">' in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_renders_in_chinese_and_in_english(new_browser: NewBrowser, path: str) -> None:
    person = new_browser().sign_in("recall.handler")
    chinese, english = person.get(path), person.english().get(path)
    assert (chinese.status_code, english.status_code) == (200, 200), chinese.text
    assert "我的待办" in chinese.text and '<html lang="zh-CN">' in chinese.text
    assert "My duties" in english.text and '<html lang="en">' in english.text
    assert "我的待办" not in english.text


def test_no_page_but_the_public_ones_opens_without_a_session(app: Flask) -> None:
    http = app.test_client()
    open_pages = {"site", "console.sign_in", "console.begin", "console.sign_out"}
    seen = 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("console.") or rule.endpoint in open_pages or "GET" not in (rule.methods or ()):
            continue
        values: dict[str, object] = {"kind": "case", "id": CASE, "act": "x", "dossier": DOSSIER, "draft": DRAFT}
        values |= {"hash": "a" * 64, "seq": 1}
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, {name: values[name] for name in rule.arguments})
        answer = http.get(path)
        assert answer.status_code == 302 and "/console/sign-in" in answer.headers["Location"], path
        seen += 1
    assert seen >= 20


def test_a_poll_without_a_session_sends_the_browser_to_sign_in(app: Flask) -> None:
    answer = app.test_client().get("/console/duties/count", headers={"HX-Request": "true"})
    assert answer.status_code == 401 and answer.headers["HX-Redirect"] == "/console/sign-in"


@pytest.mark.parametrize("path", [*PUBLIC, *PAGES, "/no-such-page"])
def test_nothing_comes_from_elsewhere_and_nothing_runs_inline(new_browser: NewBrowser, path: str) -> None:
    person = (
        new_browser().sign_in("recall.handler")
        if path.startswith("/console/") and path not in PUBLIC
        else new_browser()
    )
    answer = person.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "script-src 'self'" in policy
    page = Tags(answer.text)
    for attributes in page.all("script", "link", "img", "iframe", "source", "form", "a"):
        for name in ("src", "href", "action"):
            assert not re.match(r"(https?:)?//|javascript:|data:", attributes.get(name) or ""), attributes
    assert all(attributes.get("src") for attributes in page.all("script")), "an inline script"
    assert not page.all("style") and not [tag for tag, attributes in page.tags if "style" in attributes]
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


@pytest.mark.parametrize("path", PAGES)
def test_every_control_has_a_label_and_every_id_stands_once(new_browser: NewBrowser, path: str) -> None:
    page = Tags(new_browser().sign_in("recall.handler").get(path).text)
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids)), sorted(ids)
    labelled = {attributes["for"] for attributes in page.all("label") if attributes.get("for")}
    for attributes in page.all("input", "select", "textarea"):
        if attributes.get("type") not in ("hidden", "radio", "checkbox"):
            assert attributes.get("id") in labelled, attributes
    for attributes in page.all("input", "select", "textarea", "fieldset"):
        for described in (attributes.get("aria-describedby") or "").split():
            assert described in ids, described


def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_do_not_get(new_browser: NewBrowser) -> None:
    person = new_browser()
    hidden = person.hidden("/console/sign-in")
    answer = person.http.post(
        "/console/sign-in", data={**hidden, "username": "recall.handler", "password": "Zhaohui-2026"}
    )
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("zhaohui_session="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert answer.headers["Location"] == "/console/"


def test_a_wrong_password_keeps_the_name_and_says_no_more(new_browser: NewBrowser) -> None:
    answer = new_browser().post("/console/sign-in", {"username": "recall.handler", "password": "wrong"})
    assert answer.status_code == 401
    assert "用户名或密码不正确" in answer.text and 'value="recall.handler"' in answer.text


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"])
def test_after_signing_in_nobody_is_sent_to_another_site(new_browser: NewBrowser, elsewhere: str) -> None:
    person = new_browser()
    data = {
        **person.hidden("/console/sign-in"),
        "username": "recall.handler",
        "password": "Zhaohui-2026",
        "next": elsewhere,
    }
    assert person.http.post("/console/sign-in", data=data).headers["Location"] == "/console/"


def test_signing_out_ends_the_session(new_browser: NewBrowser) -> None:
    person = new_browser().sign_in("recall.handler")
    person.post("/console/sign-out", {}, form="/console/")
    assert "用户名" in person.get("/console/").text


def test_duties_stand_by_urgency_with_clause_marks_and_days(new_browser: NewBrowser, services: FakeServices) -> None:
    page = new_browser().sign_in("maker").get("/console/").text
    assert page.index("已逾期") < page.index("计划期限") < page.index("三个工作日内到期") < page.index("异议期限")
    assert "第16(1)条" in page and "供参考" in page
    services.roots[LEAD]["state"] = "received"
    page = new_browser().sign_in("recall.handler").get("/console/").text
    assert "暂定" in page and page.index("接收") < page.index("结案")


def test_a_clock_that_is_far_off_is_folded_away(
    new_browser: NewBrowser, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CLOCK, "working_days_left", 390)
    page = new_browser().sign_in("maker").get("/console/").text
    assert page.index("<summary>较远的期限（1 项）") < page.index("异议期限")


def test_a_service_that_is_away_is_a_banner_and_the_rest_is_there(
    new_browser: NewBrowser, services: FakeServices
) -> None:
    person = new_browser().sign_in("maker")
    person.get("/console/")
    services.away = {"recall", "experts"}
    page = person.get("/console/").text
    assert "部分服务暂时离线" in page and "异议期限" in page and "计划期限" not in page
    assert "部分服务暂时离线" in person.get(f"/console/dossiers/{DOSSIER}").text


def test_the_count_says_when_something_new_came_in(new_browser: NewBrowser) -> None:
    person = new_browser().sign_in("maker")
    assert "有新的待办" not in person.get("/console/duties/count?seen=2").text
    page = person.get("/console/duties/count?seen=1").text
    assert "有新的待办" in page and "count-late" in page


def test_the_dossier_draws_the_course_the_clocks_the_papers_and_the_acts(new_browser: NewBrowser) -> None:
    page = new_browser().sign_in("maker").loaded(f"/console/dossiers/{DOSSIER}")
    course = page[page.index('<ol class="course"') : page.index("</ol>")]
    assert re.findall(r'step-name">([^<]+)<', course) == [
        "已立案", "已通知调查分析", "缺陷调查中", "已判定", "已制发召回通知", "已通知召回",
    ]  # fmt: skip
    assert 'aria-current="step"' in course
    assert "2026-07-20 周一" in page and "2026-07-06 10:30" in page, "dates are those of Asia/Shanghai"
    assert f"/console/files/document/{NOTICE}/{NOTICE_FILE['hash']}" in page
    assert f"/console/roots/case/{CASE}/acts/file-objection" in page
    assert "record-visit" not in page, "what is not open to the producer is not shown"


def test_acts_that_correct_stand_apart_and_say_what_is_missing(new_browser: NewBrowser, services: FakeServices) -> None:
    services.unmet["close-case"] = [{"guard": "x", "zh": "召回尚未结束", "en": "the recall has not ended"}]
    page = new_browser().sign_in("recall.handler").loaded(f"/console/dossiers/{DOSSIER}")
    assert page.index("更正与撤回") < page.index("更正来源")
    assert "尚缺：召回尚未结束" in page


def test_a_document_opens_as_pdf_only_through_a_root_that_holds_it(new_browser: NewBrowser, gateway: Gateway) -> None:
    gateway.files.put(PDF, "x.pdf", "application/pdf")
    person = new_browser().sign_in("maker")
    answer = person.get(f"/console/files/document/{NOTICE}/{NOTICE_FILE['hash']}")
    assert answer.data == PDF and answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert person.get(f"/console/files/case/{CASE}/{NOTICE_FILE['hash']}").status_code == 404


def test_sealed_fields_are_masked_until_they_are_asked_for(new_browser: NewBrowser, services: FakeServices) -> None:
    person = new_browser().sign_in("recall.handler")
    page = person.get(f"/console/roots/lead/{LEAD}?alone=1").text
    assert "受保护" in page and "示例消费者" not in page
    answer = person.post(f"/console/roots/lead/{LEAD}/reveal", {}, form=f"/console/roots/lead/{LEAD}?alone=1")
    assert "示例消费者" in answer.text and services.last("get")["reveal"] is True


def test_a_root_that_is_not_mine_is_not_found(new_browser: NewBrowser) -> None:
    answer = new_browser().sign_in("maker").get(f"/console/roots/lead/{LEAD}")
    assert answer.status_code == 404 and "没有找到" in answer.text


def test_the_inbox_shows_papers_with_the_clocks_of_their_matter(new_browser: NewBrowser) -> None:
    page = new_browser().sign_in("maker").get("/console/inbox").text
    assert "召回通知书" in page and "辽市监召通〔2026〕3号" in page
    assert "2026-07-06 送达" in page
    assert "异议期限" in page and "2026-07-20" in page, "the clocks that its service started"


def test_a_document_that_its_service_refuses_stays_in_the_inbox_by_its_list_row(
    new_browser: NewBrowser, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = new_browser().sign_in("maker")
    monkeypatch.setattr(services, "_get", refuse)
    answer = person.get("/console/inbox")
    assert answer.status_code == 200 and "辽市监召通〔2026〕3号" in answer.text


def test_a_dossier_is_shown_without_the_acts_that_a_service_refuses_to_list(
    new_browser: NewBrowser, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = new_browser().sign_in("maker")
    monkeypatch.setattr(services, "_acts", refuse)
    answer = person.get(f"/console/dossiers/{DOSSIER}")
    assert answer.status_code == 200 and "file-objection" not in answer.text


def test_a_list_is_searched_by_words_and_state(new_browser: NewBrowser, services: FakeServices) -> None:
    person = new_browser().sign_in("recall.handler")
    assert "共 1 件" in person.get("/console/lists/case?q=书桌").text
    person.get("/console/lists/case?q=书桌&state=opened&after=place-20")
    asked = services.last("search")
    assert {name: asked[name] for name in ("kind", "text", "state", "after")} == {
        "kind": "case", "text": "书桌", "state": "opened", "after": "place-20",
    }  # fmt: skip
    assert "没有找到" in person.get("/console/lists/case?state=opened").text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/console/lists/case?after=place-99999", 200),
        ("/console/?after=abc", 422),
        ("/console/?queue=nonsense", 200),
        ("/console/lists?q=x&after=abc", 422),
        (f"/console/dossiers/{DOSSIER}/timeline?after=abc", 422),
        (f"/console/roots/case/{CASE}/entries/99999999999999999999", 404),
        (f"/console/roots/case/{CASE}/entries/x", 404),
        ("/console/lists/case?q=%00%ff&state=../..", 200),
        ("/console/lists/no_such_kind", 404),
        ("/console/roots/case/not-an-id", 404),
        (f"/console/roots/lead/{CASE}", 404),
        ("/console/dossiers/dossier_019d0000-0000-7000-8000-00000000ffff", 404),
        (f"/console/dossiers/{DOSSIER}?done=x&draft=<script>", 200),
        (f"/console/roots/case/{CASE}?_external=1&_scheme=x&dossier=y&kind=z", 200),
        (f"/console/roots/case/{CASE}/drafts/no-such-draft", 404),
        (f"/console/files/case/{CASE}/%2e%2e", 404),
        ("/recalls/publication_x", 404),
        ("/language/xx?next=//elsewhere.example", 200),
    ],
)
def test_a_strange_address_is_answered_calmly(new_browser: NewBrowser, path: str, status: int) -> None:
    answer = new_browser().sign_in("recall.handler").get(path)
    assert answer.status_code == status and "<script>" not in answer.text
    assert answer.request.host == "localhost"


def test_what_has_one_language_is_shown_in_it(app: Flask) -> None:
    with app.test_request_context("/"):
        assert localised({"zh": "", "en": "only"}) == "only"
        assert localised({"zh": "案件", "en": "case"}) == "案件"
    with app.test_request_context("/", headers={"Cookie": "zhaohui_language=en"}):
        assert localised({"zh": "案件", "en": "case"}) == "case"
        assert localised({"zh": "仅有", "en": ""}) == "仅有"
