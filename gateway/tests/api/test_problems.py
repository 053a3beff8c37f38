"""Every refusal is a problem document in Chinese and English; a malformed request never gives a 500, and no detail leaks."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from gateway_stub import CASE, StubClient

from chassis.core.errors import STATUS, Refusal

VISITED = f"/api/v1/case/{CASE}/acts/record-visit"


@pytest.fixture
def headers(handler: dict[str, str]) -> dict[str, str]:
    """The headers of an act."""
    return {**handler, "Idempotency-Key": "key-1", "If-Match": '"3"'}


@pytest.mark.parametrize("code", sorted(set(STATUS) - {"internal"}))
def test_a_refusal_crosses_with_its_status_texts_clause_and_facts(
    http: FlaskClient, headers: dict[str, str], services: StubClient, code: str
) -> None:
    services.refusal = Refusal(
        code, "不行", "No", clause="14(1)", act="record-visit", errors={"says": ["错 / wrong"]}, due="2026-07-20"
    )
    answer = http.post(VISITED, headers=headers, json={})
    assert answer.status_code == STATUS[code]
    assert answer.mimetype == "application/problem+json"
    problem = answer.json
    assert problem["type"] == f"urn:zhaohui:problem:{code}"
    assert (problem["status"], problem["clause"], problem["act"]) == (STATUS[code], "14(1)", "record-visit")
    assert (problem["zh"], problem["en"], problem["detail"]) == ("不行", "No", "不行 / No")
    assert problem["errors"] == {"says": ["错 / wrong"]}
    assert problem["facts"]["due"] == "2026-07-20"
    assert " / " in problem["title"]


def test_a_service_that_is_away_is_503_with_retry_after(
    http: FlaskClient, headers: dict[str, str], services: StubClient
) -> None:
    http.get("/api/v1/case", headers=headers)
    services.away = {"investigation"}
    answer = http.post(VISITED, headers=headers, json={})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json["facts"] == {"service": "investigation"}


def test_an_act_without_an_answer_is_504_and_says_a_repeat_is_safe(
    http: FlaskClient, headers: dict[str, str], services: StubClient
) -> None:
    http.get("/api/v1/case", headers=headers)
    services.silent = {"investigation"}
    answer = http.post(VISITED, headers=headers, json={})
    assert (answer.status_code, answer.json["code"]) == (504, "unknown-outcome")
    assert "safe" in answer.json["en"]
    assert "安全" in answer.json["zh"]


def test_a_question_without_an_answer_is_503(http: FlaskClient, headers: dict[str, str], services: StubClient) -> None:
    http.get("/api/v1/case", headers=headers)
    services.silent = {"investigation"}
    assert http.get(f"/api/v1/case/{CASE}", headers=headers).status_code == 503


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'"x"', "application/json", 400),
        (b"{} {}", "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b'{"a": Infinity}', "application/json", 400),
        (b'{"a": 1, "a": 2}', "application/json", 400),
        (b'{"a": "\\u0000"}', "application/json", 400),
        (b'{"a": "\\ud800"}', "application/json", 400),
        (b'{"a": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b'{"colour": 1}', "application/json", 422),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_malformed_body_is_told_and_goes_no_further(
    http: FlaskClient, headers: dict[str, str], services: StubClient, body: bytes, kind: str, status: int
) -> None:
    answer = http.post(VISITED, headers={**headers, "Content-Type": kind}, data=body)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert not services.commands


def test_a_body_over_a_megabyte_is_too_large(http: FlaskClient, headers: dict[str, str]) -> None:
    answer = http.post(
        VISITED, headers=headers, data=b'{"says": "' + b"x" * 1_100_000 + b'"}', content_type="application/json"
    )
    assert (answer.status_code, answer.json["code"]) == (413, "too-large")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nowhere/at/all/or/else", 404),
        ("GET", "/api/", 404),
        ("GET", "/api/v1//me", 404),
        ("GET", "/api/v1/me/", 404),
        ("GET", "/api/v1/%00", 404),
        ("GET", "/api/v1/case/%ff", 404),
        ("GET", "/api/v1/dossiers/..%2f", 404),
        ("PATCH", "/api/v1/me", 405),
        ("DELETE", f"/api/v1/case/{CASE}", 405),
        ("GET", "/api/v1/case?page=0", 422),
        ("GET", "/api/v1/case?page=1.5", 422),
        ("GET", "/api/v1/case?text=%00", 422),
        ("POST", "/api/v1/files", 415),
    ],
)
def test_what_is_not_served_is_a_problem(
    http: FlaskClient, handler: dict[str, str], method: str, path: str, status: int
) -> None:
    answer = http.open(path, method=method, headers=handler)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert b"<" not in answer.data
    assert answer.json["status"] == status


def test_another_method_tells_which_are_taken(http: FlaskClient, handler: dict[str, str]) -> None:
    assert "GET" in http.patch("/api/v1/me", headers=handler).headers["Allow"]


def test_whoever_takes_no_json_is_told(http: FlaskClient) -> None:
    answer = http.get("/api/v1/lead", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.json["code"]) == (406, "not-acceptable")
    assert http.get("/api/v1/lead", headers={"Accept": "text/html, */*;q=0.1"}).status_code == 200


def test_a_fault_of_ours_tells_an_incident_and_nothing_else(
    app: Flask, http: FlaskClient, headers: dict[str, str], services: StubClient, capsys: pytest.CaptureFixture[str]
) -> None:
    services.fault = ZeroDivisionError("张三 13800000000")
    answer = http.get(f"/api/v1/case/{CASE}", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (500, "internal")
    assert set(answer.json["facts"]) == {"incident"}
    assert "13800000000" not in answer.text
    printed = capsys.readouterr().out
    assert answer.json["facts"]["incident"] in printed
    assert "ZeroDivisionError" in printed
    assert "13800000000" not in printed


def test_headers_keep_browsers_from_harm(http: FlaskClient) -> None:
    for path in ("/healthz", "/api/v1/lead", "/api/v1/nowhere/x/y/z/w"):
        answer = http.get(path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"


def test_answers_are_chinese_as_written(http: FlaskClient, handler: dict[str, str]) -> None:
    assert "示例书桌" in http.get(f"/api/v1/case/{CASE}", headers=handler).text
    assert json.loads(http.get("/api/v1/nowhere/x/y/z/w").text)["zh"]
