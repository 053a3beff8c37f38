"""What is composed from several services: duties, what is late, search, dossiers and their journals, also while one is away."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from gateway_stub import CASE, DOSSIER, LEAD, PAPER, StubClient, counted

from chassis.core.errors import Refusal


def test_a_dossier_lists_what_belongs_to_it_in_all_services(http: FlaskClient, handler: dict[str, str]) -> None:
    dossier = http.get(f"/api/v1/dossiers/{DOSSIER}", headers=handler).json
    assert [(root["id"], root["service"]) for root in dossier["items"]] == [(CASE, "investigation"), (LEAD, "intake")]
    assert {name: dossier[name] for name in ("dossier", "next", "total", "more", "away")} == {
        "dossier": DOSSIER, "next": None, "total": 2, "more": False, "away": [],
    }  # fmt: skip


def test_a_dossier_is_shown_without_the_service_that_is_away(
    http: FlaskClient, handler: dict[str, str], services: StubClient
) -> None:
    services.away = {"investigation"}
    answer = http.get(f"/api/v1/dossiers/{DOSSIER}", headers=handler)
    assert answer.status_code == 200
    assert [root["id"] for root in answer.json["items"]] == [LEAD]
    assert answer.json["away"] == ["investigation"]


def test_a_dossier_nobody_holds_is_not_found(http: FlaskClient, handler: dict[str, str]) -> None:
    assert http.get("/api/v1/dossiers/dossier_other", headers=handler).status_code == 404


def test_the_journal_of_a_dossier_is_by_time_or_the_newest_first(
    http: FlaskClient, handler: dict[str, str], services: StubClient
) -> None:
    address = f"/api/v1/dossiers/{DOSSIER}/journal"
    page = http.get(address, headers=handler).json
    assert [(row["root"], row["seq"]) for row in page["items"]] == [(LEAD, 1), (CASE, 1), (CASE, 2)]
    assert (page["next"], page["away"], page["items"][1]["documents"][0]["document"]) == (None, [], PAPER)
    newest = http.get(f"{address}?newest=true&size=2", headers=handler).json
    assert [(row["root"], row["seq"]) for row in newest["items"]] == [(CASE, 2), (CASE, 1)]
    last = http.get(f"{address}?newest=true&size=2&after={newest['next']}", headers=handler).json
    assert ([(row["root"], row["seq"]) for row in last["items"]], last["next"]) == ([(LEAD, 1)], None)
    assert "investigation" not in {service for service, method, _ in services.asked[-1:]}


def test_the_journal_of_a_root_passes_where_it_begins_and_how_long_it_is(
    http: FlaskClient, handler: dict[str, str], services: StubClient
) -> None:
    page = http.get(f"/api/v1/case/{CASE}/journal?after=abc&size=7&newest=true", headers=handler).json
    assert set(page) == {"items", "next", "away"}
    sent = services.last("journal")
    assert {name: sent[name] for name in ("id", "after", "size", "newest")} == {
        "id": CASE, "after": "abc", "size": 7, "newest": True,
    }  # fmt: skip
    http.get(f"/api/v1/case/{CASE}/journal?seq=2", headers=handler)
    assert (services.last("journal")["seq"], services.last("journal")["size"]) == (2, 50)


def test_duties_come_most_urgent_first_and_undated_last(http: FlaskClient, handler: dict[str, str]) -> None:
    duties = http.get("/api/v1/duties", headers=handler).json
    assert [(duty["service"], duty["due_at"]) for duty in duties["items"]] == [
        ("investigation", "2026-04-08T16:00:00Z"),
        ("intake", "2026-04-09T16:00:00Z"),
        ("investigation", None),
        ("intake", None),
    ]
    assert (duties["total"], duties["more"], duties["next"], duties["away"]) == (4, False, None, [])


def test_the_queue_and_the_filter_of_duties_go_to_every_service(
    http: FlaskClient, handler: dict[str, str], services: StubClient
) -> None:
    http.get("/api/v1/duties?queue=drafts&size=3", headers=handler)
    asked = [request for _, method, request in services.asked if method == "duties"]
    assert [(request["queue"], request["size"]) for request in asked] == [("drafts", 3)] * 2
    http.get("/api/v1/duties?why=draft", headers=handler)
    assert services.last("duties")["why"] == "draft" and "queue" not in services.last("duties")


@pytest.mark.parametrize("fault", ["silent", "away", "refusal"])
def test_duties_are_shown_without_the_service_that_does_not_answer_and_it_is_named(
    http: FlaskClient, handler: dict[str, str], services: StubClient, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    if fault == "refusal":
        plain = services._duties

        def refuse(service: str, request: dict[str, Any]) -> Any:
            if service == "intake":
                raise Refusal("internal")
            return plain(service, request)

        monkeypatch.setattr(services, "_duties", refuse)
    else:
        setattr(services, fault, {"intake"})
    answer = http.get("/api/v1/duties", headers=handler)
    assert (answer.status_code, answer.json["away"]) == (200, ["intake"])
    assert {duty["service"] for duty in answer.json["items"]} == {"investigation"}


def test_when_nobody_answers_everybody_is_named(
    http: FlaskClient, handler: dict[str, str], services: StubClient
) -> None:
    services.away = {"intake", "investigation"}
    for path in ("duties", "duties/late", f"dossiers/{DOSSIER}", f"dossiers/{DOSSIER}/journal", "search?text=x"):
        answer = http.get(f"/api/v1/{path}", headers=handler)
        assert (answer.status_code, answer.json["items"], answer.json["away"]) == (
            200, [], ["intake", "investigation"],
        ), path  # fmt: skip


def test_what_is_late_is_summed_by_unit(http: FlaskClient, handler: dict[str, str], services: StubClient) -> None:
    late = http.get("/api/v1/duties/late", headers=handler).json
    assert late == {"items": [{"unit": "org_210100", "count": 4, "oldest": "2026-04-01T16:00:00Z"}], "away": []}
    services.silent = {"investigation"}
    late = http.get("/api/v1/duties/late", headers=handler).json
    assert (late["items"][0]["count"], late["away"]) == (2, ["investigation"])


def test_a_search_in_all_kinds_has_the_last_changed_first(
    http: FlaskClient, handler: dict[str, str], services: StubClient
) -> None:
    page = http.get("/api/v1/search?text=书桌&size=1", headers=handler).json
    assert ([root["id"] for root in page["items"]], page["total"]) == ([CASE], 2)
    page = http.get(f"/api/v1/search?text=书桌&size=1&after={page['next']}", headers=handler).json
    assert ([root["id"] for root in page["items"]], page["total"], page["next"]) == ([LEAD], 2, None)
    assert services.last("search")["text"] == "书桌"
    assert http.get("/api/v1/search?text=x").status_code == 401


@pytest.mark.parametrize("path", ["duties", f"dossiers/{DOSSIER}", f"dossiers/{DOSSIER}/journal", "search"])
@pytest.mark.parametrize(
    "after", ["abc", "W10=", "eyJpbnRha2UiOiB7fX0=", "bnVsbA==", "eyJpbnRha2UiOiBbIlxuIiwgIiJdfQ==", "%00"]
)
def test_what_is_no_cursor_is_refused(http: FlaskClient, handler: dict[str, str], path: str, after: str) -> None:
    answer = http.get(f"/api/v1/{path}?after={after}", headers=handler)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["after"])


def test_there_are_no_page_numbers(http: FlaskClient, handler: dict[str, str]) -> None:
    for path in ("duties", f"dossiers/{DOSSIER}", "search", "case", f"case/{CASE}/journal"):
        assert http.get(f"/api/v1/{path}?page=2", headers=handler).status_code == 422


def test_the_choices_of_the_moment_are_asked_for_with_one_act(
    http: FlaskClient, handler: dict[str, str], services: StubClient
) -> None:
    for address in (f"/api/v1/case/{CASE}/acts", "/api/v1/case/acts"):
        (offer,) = http.get(address, headers=handler).json
        assert offer["choices"] == {"laboratory": None} and "act" not in services.last("acts")
        (offer,) = http.get(f"{address}?act=notify-producer", headers=handler).json
        assert offer["choices"]["laboratory"] and services.last("acts")["act"] == "notify-producer"
    assert http.get(f"/api/v1/case/{CASE}/acts?choices=1", headers=handler).status_code == 422


def test_a_list_of_one_kind_goes_on_where_its_service_says(
    http: FlaskClient, handler: dict[str, str], services: StubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "_search", lambda service, request: {**counted([]), "next": "there", "more": True})
    page = http.get("/api/v1/case?size=5", headers=handler).json
    assert (page["next"], page["more"]) == ("there", True)
    http.get(f"/api/v1/case?size=5&after={page['next']}", headers=handler)
    assert (services.last("search")["after"], services.last("search")["size"]) == ("there", 5)
