"""The contract as served: OpenAPI 3.1 made from the gateway's own addresses and everything the services describe."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify
from flask_smorest import Api

from gateway.openapi import document
from gateway.wiring import gateway

blueprint = Blueprint("api-contract", __name__, url_prefix="/api/v1")
OWN = "zhaohui.api"
KEPT = "zhaohui.openapi"


def keep_own_document(app: Flask, api: Api) -> None:
    """Keep the OpenAPI document of the gateway's own blueprints in the app."""
    app.extensions[OWN] = api.spec.to_dict()


def own_document() -> dict[str, Any]:
    """The OpenAPI document of the gateway's own blueprints, without a running gateway."""
    from gateway.api import install

    app = Flask("contract")
    install(app)
    own: dict[str, Any] = app.extensions[OWN]
    return own


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Every address and every act of the services that have been described."""
    return jsonify(current_contract())


def current_contract() -> dict[str, Any]:
    """The document, made again when a description has changed."""
    services = gateway().services
    state = services.hash()
    kept = current_app.extensions.get(KEPT)
    if kept is None or kept[0] != state:
        kept = (state, document(current_app.extensions[OWN], *services.descriptions()))
        current_app.extensions[KEPT] = kept
    contract: dict[str, Any] = kept[1]
    return contract
