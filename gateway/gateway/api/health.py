"""Health: whether this process is alive, and whether everything it depends on is there; what is missing is named."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from chassis.core.errors import Refusal
from gateway.wiring import Gateway, gateway

blueprint = Blueprint("api-health", __name__)
log = structlog.get_logger("health")
OK = "ok"


@blueprint.get("/healthz")
def healthz() -> Response:
    """This process answers."""
    return jsonify({"status": OK})


@blueprint.get("/readyz")
def readyz() -> Response:
    """What the gateway depends on: its database, the file store, the broker, each service.

    503 when the gateway itself cannot work; a service that is away leaves it ready but `degraded`, unless `?all=1`
    requires everything.
    """
    current = gateway()
    checks = {"database": _database(current), "files": _files(current), "broker": _broker(current)}
    unknown = dict.fromkeys(current.services.names, "unknown: no broker")
    services = _services(current) if checks["broker"] == OK else unknown
    own = all(result == OK for result in checks.values())
    everything = own and all(result == OK for result in services.values())
    status = "ready" if everything else "degraded" if own else "not ready"
    answer = jsonify({"status": status, **checks, "services": services})
    answer.status_code = 200 if everything or (own and not request.args.get("all")) else 503
    return answer


def _database(current: Gateway) -> str:
    try:
        with current.database.reading() as connection:
            connection.execute(text("SELECT 1 FROM persons"))
    except SQLAlchemyError as fault:
        log.warning("database", fault=type(fault).__name__)
        return f"wrong: {type(fault).__name__}; is it migrated?"
    return OK


def _files(current: Gateway) -> str:
    try:
        current.files.get("0" * 64)
    except Refusal:
        return OK
    except OSError as fault:
        return f"wrong: {type(fault).__name__}"
    return OK


def _broker(current: Gateway) -> str:
    return OK if current.services.client.up() else "away"


def _services(current: Gateway) -> dict[str, Any]:
    answers = current.services.call_all("describe")
    results = dict.fromkeys(answers.values, OK)
    results |= {name: f"refused: {refusal.code}" for name, refusal in answers.refused.items()}
    return results | dict.fromkeys(answers.away, "away")
