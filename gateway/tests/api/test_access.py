"""Access: every address requires a token except those listed, and a token is one person for one organisation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from gateway_stub import CASE, LEAD, StubClient

from chassis.core.trust.tokens import Verifier
from gateway import csrf
from gateway.api.callers import JSON_PATHS, PUBLIC
from gateway.sample.loader import PASSWORD
from gateway.wiring import Gateway

ANSWERS_WITHOUT_A_TOKEN = {
    "POST /api/v1/tokens",
    "POST /api/v1/files",
    "GET /api/v1/openapi.json",
    "GET /api/v1/<kind>",
    "GET /api/v1/<kind>/acts",
    "POST /api/v1/<kind>/acts/<act>",
    "GET /api/v1/<kind>/<id>",
    "GET /api/v1/<kind>/<id>/files/<hash>",
    "GET /healthz",
    "GET /readyz",
}


def addresses(app: Flask) -> list[tuple[str, str]]:
    """Every method and rule of the API."""
    return sorted(
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(JSON_PATHS)
        for method in rule.methods - {"HEAD", "OPTIONS"}
    )


def test_only_the_listed_addresses_answer_without_a_token(app: Flask, http: FlaskClient) -> None:
    open_to_all = set()
    for method, rule in addresses(app):
        path = (
            rule.replace("<kind>", "case")
            .replace("<id>", CASE)
            .replace("<act>", "open-case")
            .replace("<hash>", "0" * 64)
        )
        path = path.replace("<dossier>", "d").replace("<deputy>", "d")
        answer = http.open(path, method=method)
        if answer.status_code != 401:
            open_to_all.add(f"{method} {rule}")
    assert open_to_all == ANSWERS_WITHOUT_A_TOKEN


def test_every_public_endpoint_exists(app: Flask) -> None:
    assert set(app.view_functions) >= PUBLIC


def test_a_token_names_one_person_for_one_organisation(
    http: FlaskClient, services: StubClient, gateway: Gateway, handler: dict[str, str]
) -> None:
    http.get(f"/api/v1/case/{CASE}", headers=handler)
    key = gateway.services._sign._key.public_key()  # type: ignore[union-attr]
    actor = Verifier(key).actor(services.last("get")["token"])
    assert actor.person == "person_recall_handler"
    assert actor.organisation == "org_210000-recall"
    assert actor.organisations == ("org_210000-recall", "org_210000")
    assert (actor.area, actor.offices, actor.posts) == ("210000", ("recall",), ("handler",))


def test_the_public_sends_no_token(http: FlaskClient, services: StubClient) -> None:
    assert http.get(f"/api/v1/lead/{LEAD}").status_code == 200
    assert "token" not in services.last("get")


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(http: FlaskClient) -> None:
    wrong = http.post("/api/v1/tokens", json={"username": "recall.handler", "password": "wrong"})
    unknown = http.post("/api/v1/tokens", json={"username": "nobody", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json == unknown.json


def test_guessing_passwords_is_slowed_down(http: FlaskClient) -> None:
    answers = [http.post("/api/v1/tokens", json={"username": "registry", "password": "wrong"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    right = http.post("/api/v1/tokens", json={"username": "registry", "password": PASSWORD})
    assert right.status_code == 429
    assert http.post("/api/v1/tokens", json={"username": "maker", "password": PASSWORD}).status_code == 201


def test_signing_in_often_with_the_right_password_is_not_slowed_down(http: FlaskClient) -> None:
    given = {"username": "maker", "password": PASSWORD}
    assert {http.post("/api/v1/tokens", json=given).status_code for _ in range(15)} == {201}


def test_somebody_of_two_organisations_must_name_one(http: FlaskClient, gateway: Gateway) -> None:
    with gateway.database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO memberships VALUES ('person_maker', 'org_91210100MA0000A03F', '[\"representative\"]')"
        )
    given = {"username": "maker", "password": PASSWORD}
    answer = http.post("/api/v1/tokens", json=given)
    assert answer.status_code == 422
    assert {choice["id"] for choice in answer.json["facts"]["organisations"]} == {
        "org_91210100MA0000A019",
        "org_91210100MA0000A03F",
    }
    chosen = http.post("/api/v1/tokens", json={**given, "organisation": "org_91210100MA0000A03F"})
    assert chosen.json["acting"]["organisation"] == "org_91210100MA0000A03F"
    assert http.post("/api/v1/tokens", json={**given, "organisation": "org_210000"}).status_code == 403


def test_an_ended_token_is_refused(http: FlaskClient, handler: dict[str, str]) -> None:
    assert http.get("/api/v1/me", headers=handler).status_code == 200
    assert http.delete("/api/v1/tokens/current", headers=handler).status_code == 204
    answer = http.get("/api/v1/me", headers=handler)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_renewed_token_replaces_the_old_one(http: FlaskClient, handler: dict[str, str]) -> None:
    renewed = http.post("/api/v1/tokens/renew", headers=handler, json={})
    assert renewed.status_code == 201
    assert http.get("/api/v1/me", headers=handler).status_code == 401
    assert http.get("/api/v1/me", headers={"Authorization": f"Bearer {renewed.json['token']}"}).status_code == 200


def test_a_token_ends_after_eight_hours(http: FlaskClient, gateway: Gateway, handler: dict[str, str]) -> None:
    begun = gateway.identity._machine_time()
    gateway.identity._machine_time = lambda: begun + timedelta(hours=8, seconds=1)
    assert http.get("/api/v1/me", headers=handler).status_code == 401


def test_a_closed_account_is_out_at_once(http: FlaskClient, gateway: Gateway, handler: dict[str, str]) -> None:
    with gateway.database.writing() as connection:
        connection.exec_driver_sql("UPDATE persons SET active = 0 WHERE id = 'person_recall_handler'")
    assert http.get("/api/v1/me", headers=handler).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic abc", "abc", "Bearer 123"])
def test_a_bad_authorization_header_is_refused_even_on_public_addresses(http: FlaskClient, header: str) -> None:
    assert http.get("/api/v1/lead", headers={"Authorization": header}).status_code == 401


def test_the_public_is_slowed_down(http: FlaskClient, gateway: Gateway) -> None:
    for _ in range(int(gateway.public.capacity)):
        gateway.public.take("127.0.0.1")
    answer = http.get("/api/v1/lead")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert http.get("/healthz").status_code == 200


def test_a_visitors_file_counts_as_ten_requests(http: FlaskClient, gateway: Gateway) -> None:
    for _ in range(int(gateway.public.capacity) - 9):
        gateway.public.take("127.0.0.1")
    assert http.post("/api/v1/files").status_code == 429
    assert http.get("/api/v1/lead").status_code == 200


def test_forms_of_visitors_are_slowed_down_and_those_of_the_signed_in_are_not(
    http: FlaskClient, gateway: Gateway, handler: dict[str, str]
) -> None:
    for _ in range(int(gateway.public.capacity)):
        gateway.public.take("127.0.0.1")
    assert http.post("/report").status_code == 429
    http.set_cookie(csrf.COOKIE, handler["Authorization"].removeprefix("Bearer "))
    assert http.post("/report").status_code == 404
