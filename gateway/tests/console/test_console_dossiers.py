"""The page of a matter: light however long the case is, and whole when everything is loaded."""

from __future__ import annotations

import re

import pytest
from console_browser import BrowserClient, NewBrowser, Tags
from console_case import CASE, DOSSIER, LEAD, NOTICE, RECALL
from console_long_case import identifier, lengthen
from console_services import FakeServices

from chassis.core.errors import Refusal
from gateway.console.sections import COURSE_ENTRIES

PAGE = f"/console/dossiers/{DOSSIER}"
BYTES, ELEMENTS = 60_000, 1500


def methods(services: FakeServices) -> list[str]:
    return [method for _, method, _ in services.asked]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_of_a_long_case_is_light(new_browser: NewBrowser, services: FakeServices, language: str) -> None:
    lengthen(services.roots, services.rows)
    person = new_browser().sign_in("recall.handler")
    if language == "en":
        person.english()
    page = person.get(PAGE).text
    assert len(page.encode()) < BYTES and len(Tags(page).tags) < ELEMENTS
    whole = person.loaded(PAGE)
    assert len(whole.encode()) < BYTES and len(Tags(whole).tags) < ELEMENTS, "with what is loaded right after it"


def test_the_page_costs_as_many_calls_for_a_long_case_as_for_a_short_one(
    new_browser: NewBrowser, services: FakeServices
) -> None:
    person = new_browser().sign_in("recall.handler")
    person.get(PAGE)
    counts = []
    for _ in range(2):
        services.asked.clear()
        person.get(PAGE)
        counts.append(len(services.asked))
        assert methods(services).count("get") == 1 and "acts" not in methods(services)
        lengthen(services.roots, services.rows)
    assert counts[0] == counts[1] <= 12


def older(person: BrowserClient, path: str) -> list[str]:
    """The times of all entries, following the link to older ones to the end."""
    page, moments = person.get(path).text, list[str]()
    for _ in range(50):
        moments += re.findall(r'<li class="entry[^>]*>\s*<time datetime="([^"]+)"', page)
        link = re.search(r'hx-get="([^"]+/timeline\?[^"]+)"', page)
        if not link:
            return moments
        page = person.fragment(link[1].replace("&amp;", "&"))
    raise AssertionError("the timeline does not end")


def test_older_entries_come_on_demand_without_gap_or_repeat(new_browser: NewBrowser, services: FakeServices) -> None:
    lengthen(services.roots, services.rows)
    person = new_browser().sign_in("recall.handler")
    moments = older(person, PAGE)
    expected = sorted((row["at"] for row in services.rows if row["root_kind"] != "document"), reverse=True)
    assert moments == expected
    assert len(older(person, f"/console/roots/case/{CASE}?alone=1")) == 159
    plain = person.get(f"/console/roots/case/{CASE}/timeline")
    assert plain.status_code == 200 and "<html" in plain.text, "without a script it is a page of its own"


def test_a_root_is_read_when_it_is_opened(new_browser: NewBrowser, services: FakeServices) -> None:
    lengthen(services.roots, services.rows)
    person = new_browser().sign_in("recall.handler")
    page = Tags(person.get(PAGE).text)
    closed = [
        one for one in page.all("details") if one.get("hx-trigger") == "toggle once" and "/lead/" in str(one["hx-get"])
    ]
    assert len(closed) > 4
    services.asked.clear()
    opened = person.fragment(str(closed[0]["hx-get"]))
    assert " open>" in opened and 'class="course"' in opened and "示例家具城" not in opened
    assert sorted(methods(services)) == ["get", "journal"]
    on_file = person.fragment(re.findall(r'hx-get="([^"]+/on-file)"', opened)[0])
    assert "示例家具城" in on_file


def test_roots_that_are_read_right_away_stand_open_where_a_period_runs(
    new_browser: NewBrowser, services: FakeServices
) -> None:
    person = new_browser().sign_in("recall.handler")
    assert " open>" in person.fragment(f"/console/roots/recall/{RECALL}/section").split("<summary>")[0]
    assert " open>" not in person.fragment(f"/console/roots/lead/{LEAD}/section").split("<summary>")[0]


def test_what_was_entered_is_read_when_it_is_opened(new_browser: NewBrowser, services: FakeServices) -> None:
    person = new_browser().sign_in("recall.handler")
    page = person.get(PAGE).text
    assert "判定存在缺陷" not in page
    entry = person.fragment(f"/console/roots/case/{CASE}/entries/5")
    assert "判定存在缺陷" in entry and services.last("journal")["seq"] == 5


def test_opening_a_page_asks_for_no_choices_and_a_form_for_those_of_its_act(
    new_browser: NewBrowser, services: FakeServices
) -> None:
    person = new_browser().sign_in("recall.handler")
    person.loaded(PAGE)
    person.get(f"/console/roots/case/{CASE}?alone=1")
    person.get("/console/start")
    asked = [request for _, method, request in services.asked if method == "acts"]
    assert asked and not [request for request in asked if "act" in request or request.get("choices")]
    assert "示例检测一所" in person.get(f"/console/roots/case/{CASE}/acts/record-visit").text
    assert services.last("acts")["act"] == "record-visit"


def test_documents_are_listed_a_page_at_a_time(new_browser: NewBrowser, services: FakeServices) -> None:
    lengthen(services.roots, services.rows)
    person = new_browser().sign_in("recall.handler")
    address, ids = f"{PAGE}/documents", list[str]()
    while address:
        part = person.fragment(address)
        ids += re.findall(r"/console/files/document/(document_[0-9a-f-]+)/", part)
        further = re.search(r'hx-get="([^"]+)"', part)
        address = further[1].replace("&amp;", "&") if further else ""
    assert sorted(ids) == sorted([NOTICE, *(identifier("document", 200 + n) for n in range(40))])


def test_a_part_that_cannot_be_read_says_so_in_its_place(new_browser: NewBrowser, services: FakeServices) -> None:
    person = new_browser().sign_in("recall.handler")
    person.get(PAGE)
    services.away = {"notify"}
    assert "文书与发布" in person.fragment(f"{PAGE}/documents") and "部分服务暂时离线" in person.get(PAGE).text
    assert person.get(f"{PAGE}/documents").status_code == 503, "as a page of its own it is a problem"
    services.away = {"investigation"}
    assert "部分服务暂时离线" in person.fragment(f"/console/roots/case/{CASE}/section")
    assert "部分服务暂时离线" in person.fragment(f"{PAGE}/acts")
    assert "没有找到" in person.fragment(f"/console/roots/lead/{identifier('lead', 1)}/section")


def test_the_root_that_cannot_be_read_again_stands_closed_and_its_service_is_named(
    new_browser: NewBrowser, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise Refusal("internal")

    person = new_browser().sign_in("recall.handler")
    monkeypatch.setattr(services, "_get", refuse)
    answer = person.get(PAGE)
    assert answer.status_code == 200 and "部分服务暂时离线" in answer.text
    assert "辽市监召调〔2026〕7号" in answer.text


def test_the_act_just_performed_is_shown_also_when_it_is_not_among_the_newest(
    new_browser: NewBrowser, services: FakeServices
) -> None:
    lengthen(services.roots, services.rows)
    page = new_browser().sign_in("recall.handler").get(f"{PAGE}?done={CASE}:5").text
    assert "已办理：通知生产者召回" in page


def test_a_course_that_begins_earlier_than_it_is_drawn_says_so(new_browser: NewBrowser, services: FakeServices) -> None:
    lengthen(services.roots, services.rows)
    last = max((row for row in services.rows if row["root"] == CASE), key=lambda row: row["seq"])
    services.rows += [
        {**last, "seq": last["seq"] + n, "at": f"2026-11-01T00:{n // 60:02}:{n % 60:02}Z"} for n in range(1, 90)
    ]
    section = new_browser().sign_in("recall.handler").fragment(f"/console/roots/case/{CASE}/section")
    assert '<span class="step-name">…</span>' in section and services.last("journal")["size"] == COURSE_ENTRIES


def test_what_is_on_file_names_other_roots_by_their_numbers(new_browser: NewBrowser) -> None:
    page = new_browser().sign_in("recall.handler").fragment(f"/console/roots/case/{CASE}/on-file")
    assert "线索2026-0042" in page
    page = new_browser().sign_in("maker").fragment(f"/console/roots/case/{CASE}/on-file")
    assert "线索2026-0042" not in page and LEAD[-6:] in page, "one that the reader may not see stays unnamed"
