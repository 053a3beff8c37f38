"""The API answers what its OpenAPI document promises, with all five services behind it."""

from __future__ import annotations

from typing import Any

import pytest
from console_case import CASE, DOSSIER, LEAD
from console_services import FakeServices
from flask import Flask
from jsonschema import Draft202012Validator

from gateway.sample.loader import PASSWORD


def promised(document: dict[str, Any], path: str) -> dict[str, Any]:
    schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return {**schema, "components": document["components"]}


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/api/v1/duties", "/api/v1/duties?size=1"),
        ("/api/v1/duties", "/api/v1/duties?queue=drafts"),
        ("/api/v1/duties/late", "/api/v1/duties/late"),
        ("/api/v1/search", "/api/v1/search?size=2"),
        ("/api/v1/{kind}", "/api/v1/case"),
        ("/api/v1/dossiers/{dossier}", f"/api/v1/dossiers/{DOSSIER}?size=2"),
        ("/api/v1/dossiers/{dossier}/journal", f"/api/v1/dossiers/{DOSSIER}/journal?newest=1&size=3"),
        ("/api/v1/{kind}/{id}/journal", f"/api/v1/case/{CASE}/journal?size=2"),
        ("/api/v1/{kind}/{id}/acts", f"/api/v1/case/{CASE}/acts"),
        ("/api/v1/{kind}/{id}/acts", f"/api/v1/case/{CASE}/acts?act=record-visit"),
        ("/api/v1/{kind}/acts", "/api/v1/lead/acts"),
    ],
)
def test_an_answer_has_the_promised_shape(app: Flask, services: FakeServices, path: str, address: str) -> None:
    services.late = {"recall": [{"unit": "org_210100", "count": 1, "oldest": "2026-07-01T16:00:00Z"}]}
    services.roots[LEAD]["state"] = "received"
    http = app.test_client()
    token = http.post("/api/v1/tokens", json={"username": "recall.handler", "password": PASSWORD}).json["token"]
    document = http.get("/api/v1/openapi.json").json
    answer = http.get(address, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    rows = answer.json if isinstance(answer.json, list) else answer.json["items"]
    assert rows, "something is answered"
    faults = [fault.message for fault in Draft202012Validator(promised(document, path)).iter_errors(answer.json)]
    assert faults == []
