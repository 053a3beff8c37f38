"""The OpenAPI document: valid, and every act of the descriptions in it with its clause."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from gateway_stub import StubClient
from jsonschema import Draft202012Validator

from gateway.problems import TITLES


def dangling(document: dict[str, Any], value: Any) -> list[str]:
    """Every `$ref` in a value that points nowhere."""
    if isinstance(value, list):
        return [reference for item in value for reference in dangling(document, item)]
    if not isinstance(value, dict):
        return []
    lost = [inner for item in value.values() for inner in dangling(document, item)]
    reference = value.get("$ref")
    if isinstance(reference, str):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place.get(step) if isinstance(place, dict) else None
        if place is None:
            lost.append(reference)
    return lost


def test_every_act_for_people_is_listed_with_its_clause_and_problems(http: FlaskClient) -> None:
    document = http.get("/api/v1/openapi.json").json
    acts = {path: item["post"] for path, item in document["paths"].items() if "/acts/" in path}
    assert {path: act.get("x-clause") for path, act in acts.items()} == {
        "/api/v1/lead/acts/report": "4(1)",
        "/api/v1/case/acts/open-case": "9(1)",
        "/api/v1/case/{id}/acts/notify-producer": "9(3)",
        "/api/v1/case/{id}/acts/record-visit": "13(1)",
        "/api/v1/case/{id}/acts/approve-draft": None,
    }
    for act in acts.values():
        assert {"400", "401", "403", "404", "409", "412", "422", "428", "503", "504"} <= set(act["responses"])
    assert document["x-clauses"]["9(3)"] == ["case.notify-producer"]


def test_security_says_who_needs_a_token(http: FlaskClient) -> None:
    paths = http.get("/api/v1/openapi.json").json["paths"]
    assert paths["/api/v1/lead/acts/report"]["post"]["security"] == [{}, {"bearer": []}]
    assert paths["/api/v1/case/acts/open-case"]["post"]["security"] == [{"bearer": []}]
    assert paths["/api/v1/tokens"]["post"]["security"] == []
    assert paths["/api/v1/me"]["get"]["security"] == [{"bearer": []}]


def test_every_reference_points_somewhere(http: FlaskClient) -> None:
    document = http.get("/api/v1/openapi.json").json
    assert dangling(document, document) == []


def test_every_schema_is_a_json_schema(http: FlaskClient) -> None:
    for schema in http.get("/api/v1/openapi.json").json["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_operation_has_an_id_of_its_own_and_its_path_parameters(http: FlaskClient) -> None:
    document = http.get("/api/v1/openapi.json").json
    assert document["openapi"] == "3.1.0"
    seen = set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            assert operation["operationId"] not in seen
            seen.add(operation["operationId"])
            named = {
                p["name"] for p in (*item.get("parameters", []), *operation.get("parameters", [])) if p["in"] == "path"
            }
            assert named == {step[1:-1] for step in path.split("/") if step.startswith("{")}
            assert operation["responses"]


def test_every_problem_has_a_response(http: FlaskClient) -> None:
    assert set(http.get("/api/v1/openapi.json").json["components"]["responses"]) == set(TITLES)


def test_the_document_follows_the_descriptions(http: FlaskClient, services: StubClient) -> None:
    services.away = {"investigation"}
    lacking = http.get("/api/v1/openapi.json").json
    assert lacking["info"]["x-missing-services"] == ["investigation"]
    services.away = set()
    assert "/api/v1/case/acts/open-case" in http.get("/api/v1/openapi.json").json["paths"]
