"""The documents are valid by the published meta-schemas, their references resolve, and they name what the host declares."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from chassis.core.contracts import methods
from chassis.host import topology
from chassis.host.responder import Rpc
from chassis.host.service import Service
from ops.generate.contracts import CONTRACTS
from ops.layout import SERVICES

METASCHEMAS = Path(__file__).parent / "metaschemas"
ACT = re.compile(r"^/api/v1/[a-z]+/(?:\{id\}/)?acts/(?P<act>[a-z-]+)$")
Json = dict[str, Any]


def violations(document: Json, metaschema: str) -> list[str]:
    schema = json.loads((METASCHEMAS / metaschema).read_text(encoding="utf-8"))
    errors = validator_for(schema)(schema).iter_errors(document)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in errors]


@pytest.mark.parametrize("service", SERVICES)
def test_asyncapi_document_is_valid(service: str, asyncapi: dict[str, Json]) -> None:
    assert violations(asyncapi[service], "asyncapi-3.0.0.json") == []


def test_openapi_document_is_valid(openapi: Json) -> None:
    assert openapi["openapi"] == "3.1.0"
    assert violations(openapi, "openapi-3.1.json") == []


def test_an_invalid_document_is_found_invalid(asyncapi: dict[str, Json], openapi: Json) -> None:
    assert violations({**asyncapi["recall"], "channels": {"x": {"adress": "y"}}}, "asyncapi-3.0.0.json")
    assert violations({**openapi, "paths": {"no-slash": {}}}, "openapi-3.1.json")


def test_schemas_of_facts_are_json_schema_and_named_as_events_cite_them(facts: dict[str, Json]) -> None:
    assert facts
    for kind, schema in facts.items():
        Draft202012Validator.check_schema(schema)
        assert schema["$id"] == f"urn:zhaohui:{kind}"


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "$ref" and isinstance(item, str):
                yield item
            else:
                yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def dangling(document: Json, folder: Path) -> list[str]:
    """The references without a target, in the document itself or in a file beside it."""
    unresolved = []
    for reference in set(references(document)):
        file, _, pointer = reference.partition("#")
        if file:
            if not (folder / file).is_file():
                unresolved.append(reference)
            continue
        target: Any = document
        for step in filter(None, pointer.split("/")):
            target = target.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(target, dict) else None
        if target is None:
            unresolved.append(reference)
    return sorted(unresolved)


@pytest.mark.parametrize("service", SERVICES)
def test_every_reference_of_an_asyncapi_document_resolves(service: str, asyncapi: dict[str, Json]) -> None:
    assert dangling(asyncapi[service], CONTRACTS) == []


def test_every_reference_of_the_openapi_document_resolves(openapi: Json) -> None:
    assert dangling(openapi, CONTRACTS) == []


def test_every_reference_of_a_facts_schema_resolves(facts: dict[str, Json]) -> None:
    assert {kind: missing for kind, schema in facts.items() if (missing := dangling(schema, CONTRACTS))} == {}


def test_asyncapi_names_the_exchanges_and_methods_of_the_host() -> None:
    assert methods.EVENTS_EXCHANGE == topology.EVENTS_EXCHANGE
    assert methods.CALLS_EXCHANGE == topology.RPC_EXCHANGE
    answered = {
        name
        for name, method in vars(Service).items()
        if any(isinstance(entry, Rpc) for entry in getattr(method, "nameko_entrypoints", ()))
    }
    assert set(methods.METHODS) == answered


@pytest.mark.parametrize("service", SERVICES)
def test_asyncapi_names_every_fact_received_and_published(service: str, asyncapi: dict[str, Json]) -> None:
    application = importlib.import_module(f"{service}.app").application
    operations = asyncapi[service]["operations"]
    published = {reference["$ref"].rpartition("/")[2] for reference in operations["tell"]["messages"]}
    received = {
        reference["$ref"].rpartition("/")[2]
        for name, operation in operations.items()
        if name.startswith("hear-")
        for reference in operation["messages"]
    }
    assert published == set(application.definitions.facts)
    assert received == set(application.rulebook.triggers)


def test_every_act_that_a_person_may_do_is_in_the_openapi_document_with_its_clause(openapi: Json) -> None:
    listed = {
        (kind, match["act"]): item["post"].get("x-clause")
        for path, item in openapi["paths"].items()
        if (match := ACT.match(path))
        for kind in [path.split("/")[3]]
    }
    for service in SERVICES:
        book = importlib.import_module(f"{service}.app").application.rulebook
        for kind in book.kinds.values():
            for act in kind.acts.values():
                if set(act.by) - {"system"}:
                    assert listed.get((kind.name, act.name)) == act.clause, f"{service}: {kind.name}.{act.name}"
