"""Is this process alive, and is everything it stands on there; what is not is named."""

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
    """What the gateway stands on: its database, the file store, the broker, each service.

    503 when the gateway itself cannot work; a service that is away leaves it ready but `degraded`, unless `?all=1` asks
    for everything.
    """
    house = gateway()
    checks = {"database": _database(house), "files": _files(house), "broker": _broker(house)}
    services = _services(house) if checks["broker"] == OK else dict.fromkeys(house.services.names, "unknown: no broker")
    own = all(told == OK for told in checks.values())
    everybody = own and all(told == OK for told in services.values())
    status = "ready" if everybody else "degraded" if own else "not ready"
    answer = jsonify({"status": status, **checks, "services": services})
    answer.status_code = 200 if everybody or (own and not request.args.get("all")) else 503
    return answer


def _database(house: Gateway) -> str:
    try:
        with house.database.reading() as connection:
            connection.execute(text("SELECT 1 FROM persons"))
    except SQLAlchemyError as fault:
        log.warning("database", fault=type(fault).__name__)
        return f"wrong: {type(fault).__name__}; is it migrated?"
    return OK


def _files(house: Gateway) -> str:
    try:
        house.files.get("0" * 64)
    except Refusal:
        return OK
    except OSError as fault:
        return f"wrong: {type(fault).__name__}"
    return OK


def _broker(house: Gateway) -> str:
    return OK if house.services.client.up() else "away"


def _services(house: Gateway) -> dict[str, Any]:
    answers = house.services.call_all("describe")
    told = dict.fromkeys(answers.values, OK)
    told |= {name: f"refused: {refusal.code}" for name, refusal in answers.refused.items()}
    return told | dict.fromkeys(answers.away, "away")
