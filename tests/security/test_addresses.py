"""Every address of the API asks who is there, but for those that are said to be public here."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from flask import Flask
from werkzeug.routing import Rule

from gateway.api import install
from ops.runtime.stack import Stack

pytestmark = pytest.mark.slow
PUBLIC = {
    ("POST", "/api/v1/tokens"),
    ("POST", "/api/v1/files"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/api/v1/<kind>"),
    ("GET", "/api/v1/<kind>/acts"),
    ("POST", "/api/v1/<kind>/acts/<act>"),
    ("GET", "/api/v1/<kind>/<id>"),
    ("GET", "/api/v1/<kind>/<id>/files/<hash>"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
}
"""What a person without a login may ask; the services decide what of it they answer."""
A_CASE = "case_019b0c7e-0000-7000-8000-000000000000"
FILLED = {
    "kind": "case",
    "id": A_CASE,
    "act": "open-case-on-instruction",
    "hash": "0" * 64,
    "dossier": A_CASE,
    "deputy": "deputy_1",
}


def rules() -> list[tuple[str, Rule]]:
    """Method and address of everything the API offers."""
    app = Flask("addresses")
    install(app)
    return sorted(
        (
            (method, rule)
            for rule in app.url_map.iter_rules()
            for method in rule.methods or ()
            if rule.endpoint != "static"
        ),
        key=lambda row: (row[1].rule, row[0]),
    )


CLOSED = [
    (method, rule.rule)
    for method, rule in rules()
    if method not in ("HEAD", "OPTIONS") and (method, rule.rule) not in PUBLIC
]


@pytest.fixture(scope="module")
def nobody(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, trust_env=False, timeout=30.0) as client:
        yield client


def test_the_public_addresses_are_addresses() -> None:
    offered = {(method, rule.rule) for method, rule in rules()}
    assert offered >= PUBLIC
    assert len(CLOSED) >= 12


@pytest.mark.parametrize(("method", "address"), CLOSED, ids=[f"{method} {address}" for method, address in CLOSED])
def test_a_closed_address_refuses_whoever_is_not_signed_in(nobody: httpx.Client, method: str, address: str) -> None:
    for name, value in FILLED.items():
        address = address.replace(f"<{name}>", value)
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic cmVjYWxsOnJlY2FsbA=="}):
        answer = nobody.request(method, address, json={}, headers=headers)
        assert answer.status_code == 401, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "unauthenticated" and "Bearer" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "act", ["register-bulletin", "note-lead", "cluster", "open-case-on-instruction", "register-expert"]
)
def test_the_public_may_do_only_what_is_anybodys(nobody: httpx.Client, act: str) -> None:
    kinds = {"register-bulletin": "bulletin", "note-lead": "lead", "cluster": "signal", "register-expert": "expert"}
    answer = nobody.post(f"/api/v1/{kinds.get(act, 'case')}/acts/{act}", json={})
    assert answer.status_code == 401 and answer.json()["code"] == "unauthenticated"


def test_the_acts_that_are_open_to_everybody_are_few(nobody: httpx.Client) -> None:
    open_to_all = {
        (kind, row["act"])
        for kind in (
            "lead",
            "signal",
            "bulletin",
            "feed",
            "case",
            "recall",
            "expert",
            "panel",
            "document",
            "address",
            "publication",
        )
        for row in nobody.get(f"/api/v1/{kind}/acts").json()
    }
    assert open_to_all == {("lead", "report")}
