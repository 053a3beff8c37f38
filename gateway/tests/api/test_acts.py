"""Acts over HTTP: keys, versions, drafts, new roots."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from gateway_stub import CASE, LEAD, VISIT, StubClient

NOTIFY = f"/api/v1/case/{CASE}/acts/notify-producer"
VISITED = f"/api/v1/case/{CASE}/acts/record-visit"


def test_opening_a_root_tells_where_it_is(http: FlaskClient, handler: dict[str, str], services: StubClient) -> None:
    answer = http.post("/api/v1/case/acts/open-case", headers={**handler, "Idempotency-Key": "a1"}, json={"says": "x"})
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/case/{CASE}"
    sent = services.last("perform")
    assert (sent["kind"], sent["id"], sent["act"], sent["data"], sent["expects"]) == (
        "case",
        None,
        "open-case",
        {"says": "x"},
        None,
    )


def test_an_act_that_needs_approval_is_accepted_as_a_draft(http: FlaskClient, handler: dict[str, str]) -> None:
    answer = http.post(NOTIFY, headers={**handler, "Idempotency-Key": "a2", "If-Match": '"3"'}, json={})
    assert answer.status_code == 202
    assert answer.json["draft"]["post"] == "head"


def test_an_act_without_a_key_is_refused(http: FlaskClient, handler: dict[str, str], services: StubClient) -> None:
    answer = http.post(NOTIFY, headers={**handler, "If-Match": '"3"'}, json={})
    assert (answer.status_code, answer.json["code"]) == (400, "key-required")
    assert http.post("/api/v1/case/acts/open-case", headers=handler, json={}).status_code == 400
    assert not [method for _, method, _ in services.asked if method == "perform"]


def test_the_public_may_leave_out_the_key(http: FlaskClient, services: StubClient) -> None:
    first = http.post("/api/v1/lead/acts/report", json={"says": "x"})
    second = http.post("/api/v1/lead/acts/report", json={"says": "x"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert len(services.commands) == 2


@pytest.mark.parametrize("key", ["", "with space", "x" * 201, "键"])
def test_an_unusable_key_is_refused(http: FlaskClient, handler: dict[str, str], key: str) -> None:
    headers = {**handler, "Idempotency-Key": key.encode().decode("latin-1"), "If-Match": "3"}
    assert http.post(NOTIFY, headers=headers, json={}).json["code"] == "key-required"


def test_a_repeat_with_the_same_key_gets_the_first_answer(http: FlaskClient, handler: dict[str, str]) -> None:
    headers = {**handler, "Idempotency-Key": "same", "If-Match": "3"}
    first = http.post(NOTIFY, headers=headers, json={"says": "x"})
    again = http.post(NOTIFY, headers=headers, json={"says": "x"})
    assert again.status_code == first.status_code
    assert again.json == {**first.json, "repeat": True}
    other = http.post(NOTIFY, headers=headers, json={"says": "y"})
    assert (other.status_code, other.json["code"]) == (422, "command-reused")


def test_two_people_with_the_same_key_do_not_meet(
    http: FlaskClient, handler: dict[str, str], sign_in, services: StubClient
) -> None:
    colleague = sign_in("recall.handler2")
    for headers in (handler, colleague):
        answer = http.post("/api/v1/case/acts/open-case", headers={**headers, "Idempotency-Key": "k"}, json={})
        assert answer.json["repeat"] is False
    assert len(services.commands) == 2


def test_an_act_without_a_version_is_refused(http: FlaskClient, handler: dict[str, str]) -> None:
    answer = http.post(NOTIFY, headers={**handler, "Idempotency-Key": "a3"}, json={})
    assert (answer.status_code, answer.json["code"]) == (428, "version-required")


@pytest.mark.parametrize("version", ["*", 'W/"3"', "abc", "-1", '"3", "4"', "9" * 40])
def test_a_version_that_is_none_is_refused(http: FlaskClient, handler: dict[str, str], version: str) -> None:
    answer = http.post(NOTIFY, headers={**handler, "Idempotency-Key": "a4", "If-Match": version}, json={})
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")


def test_a_stale_version_is_refused(http: FlaskClient, handler: dict[str, str]) -> None:
    answer = http.post(NOTIFY, headers={**handler, "Idempotency-Key": "a5", "If-Match": '"2"'}, json={})
    assert (answer.status_code, answer.json["code"]) == (412, "stale")
    assert answer.json["facts"]["version"] == 3


def test_an_act_on_a_part_carries_the_part_and_answers_with_its_version(
    http: FlaskClient, handler: dict[str, str], services: StubClient
) -> None:
    headers = {**handler, "Idempotency-Key": "a6", "If-Match": "3"}
    answer = http.post(f"{VISITED}?part={VISIT}", headers=headers, json={})
    assert answer.status_code == 200
    assert services.last("perform")["part"] == VISIT
    assert answer.headers["ETag"] == '"7"'
    assert http.post(f"{VISITED}?part=../etc", headers={**headers, "Idempotency-Key": "a7"}, json={}).status_code == 404
    assert http.post(f"{VISITED}?seat=1", headers={**headers, "Idempotency-Key": "a8"}, json={}).status_code == 422


def test_the_etag_of_a_root_is_its_version(http: FlaskClient, handler: dict[str, str]) -> None:
    answer = http.get(f"/api/v1/case/{CASE}", headers=handler)
    assert answer.headers["ETag"] == '"3"'
    same = http.get(f"/api/v1/case/{CASE}", headers={**handler, "If-None-Match": '"3"'})
    assert (same.status_code, same.data) == (304, b"")


def test_the_trace_goes_on_to_the_service_and_back(
    http: FlaskClient, handler: dict[str, str], services: StubClient
) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {**handler, "Idempotency-Key": "a9", "If-Match": "3", "traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    answer = http.post(VISITED, headers=headers, json={})
    assert services.last("perform")["trace"].split("-")[1] == trace
    assert answer.headers["traceparent"].split("-")[1] == trace
    assert answer.headers["traceparent"].split("-")[2] != "b7ad6b7169203331"


def test_an_id_of_another_kind_is_not_found(http: FlaskClient, handler: dict[str, str], services: StubClient) -> None:
    for path in (f"/api/v1/case/{LEAD}", "/api/v1/case/case_1", "/api/v1/case/x", f"/api/v1/case/{LEAD}/journal"):
        assert http.get(path, headers=handler).status_code == 404
    assert not [method for _, method, _ in services.asked if method in ("get", "journal")]


def test_an_unknown_kind_or_act_is_not_found(http: FlaskClient, handler: dict[str, str]) -> None:
    headers = {**handler, "Idempotency-Key": "b1", "If-Match": "3"}
    assert http.get("/api/v1/potato", headers=handler).status_code == 404
    answer = http.post(f"/api/v1/case/{CASE}/acts/fly", headers=headers, json={})
    assert answer.status_code == 404
    assert "notify-producer" in answer.json["facts"]["acts"]


def test_a_search_refuses_what_it_does_not_know(
    http: FlaskClient, handler: dict[str, str], services: StubClient
) -> None:
    answer = http.get("/api/v1/case?colour=red&size=5000", headers=handler)
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"colour", "size"}
    assert http.get("/api/v1/case?state=opened&size=5", headers=handler).status_code == 200
    assert services.last("search")["size"] == 5


def test_marked_fields_are_opened_only_when_asked_for(
    http: FlaskClient, handler: dict[str, str], services: StubClient
) -> None:
    http.get(f"/api/v1/case/{CASE}", headers=handler)
    assert "reveal" not in services.last("get")
    answer = http.get(f"/api/v1/case/{CASE}?reveal=true", headers=handler)
    assert services.last("get")["reveal"] is True
    assert answer.headers["Cache-Control"] == "no-store"
    assert http.get(f"/api/v1/case/{CASE}?reveal=perhaps", headers=handler).status_code == 422
