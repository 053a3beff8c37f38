"""Organisations and deputies over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from gateway.wiring import Gateway

SignIn = Callable[..., dict[str, str]]


def deputyship(**more: str) -> dict[str, Any]:
    """The head is stood in for by the handler, for April."""
    plain = {
        "post": "head",
        "holder": "person_recall_head",
        "deputy": "person_recall_handler2",
        "begins": "2026-04-01",
        "ends": "2026-04-30",
    }
    return {**plain, **more}


def move(http: FlaskClient, headers: dict[str, str], moment: str | None) -> None:
    """Move legal time."""
    assert http.put("/api/v1/test-clock", headers=headers, json={"now": moment}).status_code == 200


def test_a_deputy_holds_the_post_from_the_first_day_to_the_last(http: FlaskClient, sign_in: SignIn) -> None:
    head, deputy = sign_in("recall.head"), sign_in("recall.handler2")
    assert http.post("/api/v1/deputies", headers=head, json=deputyship()).status_code == 201
    for moment, held in [
        ("2026-03-31T23:59:59+08:00", {}),
        ("2026-04-01T00:00:00+08:00", {"head": "person_recall_head"}),
        ("2026-04-30T23:59:59+08:00", {"head": "person_recall_head"}),
        ("2026-05-01T00:00:00+08:00", {}),
    ]:
        move(http, head, moment)
        me = http.get("/api/v1/me", headers=deputy).json
        assert (me["deputy"], me["posts"]) == (held, ["handler"])


def test_an_ended_deputyship_ends_at_once_and_stays_on_record(http: FlaskClient, sign_in: SignIn) -> None:
    head, deputy = sign_in("recall.head"), sign_in("recall.handler2")
    move(http, head, "2026-04-10T09:00:00+08:00")
    made = http.post("/api/v1/deputies", headers=head, json=deputyship()).json
    assert http.delete(f"/api/v1/deputies/{made['id']}", headers=deputy).status_code == 403
    assert http.delete(f"/api/v1/deputies/{made['id']}", headers=head).status_code == 204
    assert http.get("/api/v1/me", headers=deputy).json["deputy"] == {}
    listed = http.get("/api/v1/deputies", headers=head).json
    assert [(row["id"], row["recorded_by"], row["ended_at"] is not None) for row in listed] == [
        (made["id"], "person_recall_head", True)
    ]


def test_somebody_from_outside_may_stand_in_and_then_acts_for_that_organisation(
    http: FlaskClient, sign_in: SignIn
) -> None:
    head = sign_in("recall.head")
    move(http, head, "2026-04-10T09:00:00+08:00")
    assert http.post("/api/v1/deputies", headers=head, json=deputyship(deputy="person_quality_head")).status_code == 201
    acting = http.get("/api/v1/me", headers=sign_in("quality.head", organisation="org_210000-recall")).json
    assert (acting["posts"], acting["deputy"]) == ([], {"head": "person_recall_head"})
    assert (
        http.get("/api/v1/me", headers=sign_in("quality.head", organisation="org_210000-quality")).json["deputy"] == {}
    )


def test_what_is_wrong_with_a_deputyship_is_named(http: FlaskClient, sign_in: SignIn) -> None:
    head = sign_in("recall.head")
    for wrong, field in [
        ({"holder": "person_recall_handler"}, "holder"),
        ({"deputy": "person_recall_head"}, "deputy"),
        ({"deputy": "person_nobody"}, "deputy"),
        ({"ends": "2026-03-01"}, "ends"),
        ({"begins": "soon"}, "begins"),
        ({"colour": "red"}, "colour"),
    ]:
        answer = http.post("/api/v1/deputies", headers=head, json=deputyship(**wrong))
        assert answer.status_code == 422
        assert list(answer.json["errors"]) == [field]


def test_a_handler_records_no_deputy_for_the_head(http: FlaskClient, handler: dict[str, str]) -> None:
    assert http.post("/api/v1/deputies", headers=handler, json=deputyship()).status_code == 403


def test_another_organisations_deputies_are_out_of_reach(http: FlaskClient, sign_in: SignIn) -> None:
    made = http.post("/api/v1/deputies", headers=sign_in("recall.head"), json=deputyship()).json
    other = sign_in("quality.head")
    assert http.get("/api/v1/deputies", headers=other).json == []
    assert http.delete(f"/api/v1/deputies/{made['id']}", headers=other).status_code == 404


def test_organisations_are_listed_with_their_codes(http: FlaskClient, handler: dict[str, str]) -> None:
    listed = {row["id"]: row for row in http.get("/api/v1/organisations", headers=handler).json}
    assert listed["org_210100"]["area"] == "210100"
    assert listed["org_210000-recall"]["parent"] == "org_210000"
    assert listed["org_91210100MA0000A019"]["credit_code"] == "91210100MA0000A019"


def test_names_are_found_for_organisations_and_persons(gateway: Gateway) -> None:
    names = gateway.accounts.names(["org_210000-legal", "person_maker", "case_1", ""])
    assert {key: texts["zh"] for key, texts in names.items()} == {
        "org_210000-legal": "省局法规处",
        "person_maker": "生产者经办人甲",
    }
