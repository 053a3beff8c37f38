"""Logs hold trace, command and organisation; never a name, a token, a body, an address with what somebody typed."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from gateway_stub import CASE

from chassis.core import logs
from gateway.sample.loader import PASSWORD


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """What is printed, with the logs as in production."""
    yield capsys


def test_a_request_leaves_one_line_without_personal_data(
    http: FlaskClient, handler: dict[str, str], lines: pytest.CaptureFixture[str]
) -> None:
    lines.readouterr()
    token = handler["Authorization"].removeprefix("Bearer ")
    headers = {**handler, "Idempotency-Key": "secret-key", "If-Match": "3"}
    http.post(f"/api/v1/case/{CASE}/acts/record-visit", headers=headers, json={"says": "李四 13900000000"})
    http.get("/api/v1/case?text=李四", headers=handler)
    http.post("/api/v1/tokens", json={"username": "recall.handler", "password": PASSWORD})
    http.post("/api/v1/tokens", json={"username": "recall.handler", "password": "guess-1234"})
    http.post("/api/v1/files", data={"file": (io.BytesIO(b"%PDF-1"), "李四.pdf")}, content_type="multipart/form-data")
    printed = lines.readouterr().out
    for private in ("李四", "13900000000", token, PASSWORD, "guess-1234", "recall.handler", "召回承办人", "secret-key"):
        assert private not in printed
    assert printed.count("request") == 5
    first = printed.splitlines()[0]
    for text in ("org_210000-recall", "command=", "trace=", "record-visit", "status=200"):
        assert text in first


def test_what_a_request_bound_does_not_stay_for_the_next(
    http: FlaskClient, handler: dict[str, str], lines: pytest.CaptureFixture[str]
) -> None:
    http.get(f"/api/v1/case/{CASE}", headers=handler)
    lines.readouterr()
    http.get("/healthz")
    assert "org_210000-recall" not in lines.readouterr().out


def test_the_log_of_the_chassis_hides_fields_by_name() -> None:
    assert {"token", "password", "name", "data"} <= logs.HIDDEN
