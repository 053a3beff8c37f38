"""What is composed from several services: duties and dossiers, also while a service is away."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from gateway_stub import CASE, DOSSIER, LEAD, PAPER, StubClient


def test_a_dossier_shows_all_services_side_by_side(http: FlaskClient, handler: dict[str, str]) -> None:
    dossier = http.get(f"/api/v1/dossiers/{DOSSIER}", headers=handler).json
    assert {root["id"]: root["service"] for root in dossier["roots"]} == {CASE: "investigation", LEAD: "intake"}
    assert [(row["root"], row["seq"]) for row in dossier["timeline"]] == [(LEAD, 1), (CASE, 1), (CASE, 2)]
    assert [(paper["id"], paper["issued_by"], paper["kind"]) for paper in dossier["documents"]] == [
        (PAPER, CASE, "通知书")
    ]
    assert dossier["away"] == []


def test_a_dossier_is_shown_without_the_service_that_is_away(
    http: FlaskClient, handler: dict[str, str], services: StubClient
) -> None:
    services.away = {"investigation"}
    answer = http.get(f"/api/v1/dossiers/{DOSSIER}", headers=handler)
    assert answer.status_code == 200
    assert [root["id"] for root in answer.json["roots"]] == [LEAD]
    assert answer.json["away"] == ["investigation"]


def test_a_dossier_nobody_holds_is_not_found(http: FlaskClient, handler: dict[str, str]) -> None:
    assert http.get("/api/v1/dossiers/dossier_other", headers=handler).status_code == 404


def test_duties_come_most_urgent_first_and_undated_last(http: FlaskClient, handler: dict[str, str]) -> None:
    duties = http.get("/api/v1/duties", headers=handler).json
    assert [(duty["service"], duty["due_at"]) for duty in duties["items"]] == [
        ("investigation", "2026-04-08T16:00:00Z"),
        ("intake", "2026-04-09T16:00:00Z"),
        ("intake", None),
        ("investigation", None),
    ]


def test_duties_are_shown_without_the_service_that_is_away(
    http: FlaskClient, handler: dict[str, str], services: StubClient
) -> None:
    services.silent = {"intake"}
    duties = http.get("/api/v1/duties", headers=handler).json
    assert duties["away"] == ["intake"]
    assert {duty["service"] for duty in duties["items"]} == {"investigation"}


def test_a_dossier_of_many_pages_is_shown_whole(
    http: FlaskClient, handler: dict[str, str], services: StubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search(service: str, request: dict[str, Any]) -> Any:
        total = 250 if service == "intake" else 0
        first = (request["page"] - 1) * request["size"]
        rows = range(first, min(total, first + request["size"]))
        return {
            "items": [{"id": f"lead_{row:03}", "opened_at": ""} for row in rows],
            "total": total,
            "page": request["page"],
        }

    monkeypatch.setattr(services, "_search", search)
    dossier = http.get(f"/api/v1/dossiers/{DOSSIER}", headers=handler).json
    assert [root["id"] for root in dossier["roots"]] == [f"lead_{row:03}" for row in range(250)]
    assert dossier["away"] == []


def test_a_document_carries_its_number_from_its_own_root(
    http: FlaskClient, handler: dict[str, str], services: StubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = services._search

    def search(service: str, request: dict[str, Any]) -> Any:
        answer = plain(service, request)
        if service == "intake":
            paper = {"id": PAPER, "kind": "document", "number": "示例〔2026〕1号", "state": "served", "opened_at": ""}
            return {**answer, "items": [*answer["items"], paper], "total": 2}
        return answer

    monkeypatch.setattr(services, "_search", search)
    papers = http.get(f"/api/v1/dossiers/{DOSSIER}", headers=handler).json["documents"]
    assert [(paper["id"], paper["kind"], paper["number"], paper["state"]) for paper in papers] == [
        (PAPER, "通知书", "示例〔2026〕1号", "served")
    ]
