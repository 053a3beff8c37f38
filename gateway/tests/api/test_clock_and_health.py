"""The test clock and the health addresses."""

from __future__ import annotations

import dataclasses

import pytest
from flask.testing import FlaskClient
from gateway_stub import StubClient

from chassis.core.dates.times import SystemClock
from gateway.app import create_app
from gateway.config import Config
from gateway.wiring import EXTENSION, Gateway


def test_the_test_clock_moves_legal_time_and_comes_back(
    http: FlaskClient, handler: dict[str, str], gateway: Gateway
) -> None:
    answer = http.put("/api/v1/test-clock", headers=handler, json={"now": "2026-03-23T09:00:00+08:00"})
    assert (answer.json["today"], answer.json["moved"]) == ("2026-03-23", True)
    assert gateway.clock.now().isoformat().startswith("2026-03-23T01:0")
    assert http.put("/api/v1/test-clock", headers=handler, json={"now": None}).json["moved"] is False


@pytest.mark.parametrize("now", ["2026-03-23T09:00:00", "tomorrow", 5, "0000-01-01T00:00:00+08:00", {}])
def test_a_moment_that_is_none_is_refused(http: FlaskClient, handler: dict[str, str], now: object) -> None:
    answer = http.put("/api/v1/test-clock", headers=handler, json={"now": now})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["now"])


def test_there_is_no_test_clock_where_time_is_the_machines(
    config: Config, services: StubClient, sign_in, handler
) -> None:
    app = create_app(dataclasses.replace(config, clock=SystemClock()), services, pages=False)
    assert app.test_client().get("/api/v1/test-clock", headers=handler).status_code == 404
    app.extensions[EXTENSION].database.close()


def test_a_process_that_answers_is_alive(http: FlaskClient, services: StubClient) -> None:
    services.connected = False
    assert http.get("/healthz").json == {"status": "ok"}


def test_readiness_names_what_is_there(http: FlaskClient) -> None:
    answer = http.get("/readyz?all=1")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ready",
        "database": "ok",
        "files": "ok",
        "broker": "ok",
        "services": {"intake": "ok", "investigation": "ok"},
    }


def test_a_service_that_is_away_is_named_and_degrades(http: FlaskClient, services: StubClient) -> None:
    services.away = {"intake"}
    answer = http.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "degraded")
    assert answer.json["services"] == {"intake": "away", "investigation": "ok"}
    assert http.get("/readyz?all=1").status_code == 503


def test_without_a_broker_the_gateway_is_not_ready(http: FlaskClient, services: StubClient) -> None:
    services.connected = False
    answer = http.get("/readyz")
    assert (answer.status_code, answer.json["status"], answer.json["broker"]) == (503, "not ready", "away")


def test_a_database_that_is_not_migrated_is_told(http: FlaskClient, gateway: Gateway) -> None:
    with gateway.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE persons RENAME TO gone")
    answer = http.get("/readyz")
    assert answer.status_code == 503
    assert "migrated" in answer.json["database"]
