"""The released contracts, read once: AsyncAPI documents, schemas of facts, and the OpenAPI document."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from ops.generate.contracts import CONTRACTS
from ops.layout import SERVICES

Json = dict[str, Any]


@pytest.fixture(scope="session")
def asyncapi() -> dict[str, Json]:
    """Service → its AsyncAPI document."""
    return {
        name: yaml.safe_load((CONTRACTS / f"{name}.asyncapi.yaml").read_text(encoding="utf-8")) for name in SERVICES
    }


@pytest.fixture(scope="session")
def facts() -> dict[str, Json]:
    """Event type → the JSON Schema of its data, as its sender released it."""
    return {
        f"{path.parent.name}.{path.stem}": json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(CONTRACTS.glob("*/*.json"))
    }


@pytest.fixture(scope="session")
def openapi() -> Json:
    document: Json = json.loads((CONTRACTS / "openapi.json").read_text(encoding="utf-8"))
    return document
