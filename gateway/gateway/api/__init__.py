"""The HTTP API: everything the services describe, for people's scripts and for partner systems. JSON only."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from gateway.api import accounts, clock, contract, health, roots, uploads
from gateway.api.callers import JSON_PATHS, authenticate, negotiate
from gateway.api.schemas import ProblemSchema

__all__ = ["JSON_PATHS", "install"]


class ProblemApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """flask-smorest with our problem document as the shape of every error."""

    ERROR_SCHEMA = ProblemSchema


def install(app: Flask) -> None:
    """Put the API into the app."""
    app.config.update(API_TITLE="Zhaohui", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    app.before_request(authenticate)
    app.before_request(negotiate)
    api = ProblemApi(app)
    for blueprint in (accounts.blueprint, uploads.blueprint, clock.blueprint, roots.blueprint):
        api.register_blueprint(blueprint)
    contract.keep_own_document(app, api)
    app.register_blueprint(contract.blueprint)
    app.register_blueprint(health.blueprint)
