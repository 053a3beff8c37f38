"""Tokens, the caller, organisations and deputies."""

from __future__ import annotations

from typing import Any

from flask import request

from gateway.accounts import Deputyship, Organisation, new_deputyship
from gateway.api import schemas
from gateway.api.bodies import JsonBlueprint
from gateway.api.callers import bearer, person
from gateway.identity import Acting, Session
from gateway.wiring import gateway

blueprint = JsonBlueprint(
    "api-accounts", __name__, url_prefix="/api/v1", description="Tokens, organisations and deputies"
)


@blueprint.route("/tokens", methods=["POST"])
@blueprint.arguments(schemas.SignIn)
@blueprint.response(201, schemas.BearerToken)
def begin_session(data: dict[str, Any]) -> Session:
    """Sign in: a bearer token for eight hours, one person for one organisation."""
    return gateway().identity.sign_in(
        data["username"], data["password"], data.get("organisation"), address=request.remote_addr or ""
    )


@blueprint.route("/tokens/renew", methods=["POST"])
@blueprint.arguments(schemas.OrganisationChoice)
@blueprint.response(201, schemas.BearerToken)
def renew(data: dict[str, Any]) -> Session:
    """A new token for the same person, for the same organisation or another of theirs; the old one ends."""
    identity = gateway().identity
    if "organisation" in data:
        return identity.change_organisation(bearer(), data["organisation"])
    return identity.renew(bearer())


@blueprint.route("/tokens/current", methods=["DELETE"])
@blueprint.response(204)
def end_session() -> None:
    """Sign out: the token ends."""
    gateway().identity.sign_out(bearer())


@blueprint.route("/me", methods=["GET"])
@blueprint.response(200, schemas.Me)
def me() -> Acting:
    """Who this token is."""
    return person()


@blueprint.route("/organisations", methods=["GET"])
@blueprint.response(200, schemas.OrganisationView(many=True))
def organisations() -> list[Organisation]:
    """The bureaus, their divisions, the institution, and the producers and operators with an account."""
    return gateway().accounts.organisations()


@blueprint.route("/deputies", methods=["GET"])
@blueprint.response(200, schemas.DeputyView(many=True))
def deputies() -> list[Deputyship]:
    """Who stands in for whom in the caller's organisation, past ones too."""
    return gateway().accounts.deputies(person().organisation)


@blueprint.route("/deputies", methods=["POST"])
@blueprint.arguments(schemas.DeputyRecord)
@blueprint.response(201, schemas.DeputyView)
def record_deputy(data: dict[str, Any]) -> Deputyship:
    """Record a deputy in the caller's organisation: by the holder, or by its head, leader or registry."""
    acting = person()
    current = gateway()
    return current.accounts.record_deputy(
        new_deputyship(acting.organisation, recorded_by=acting.person, recorded_at=current.clock.now(), **data)
    )


@blueprint.route("/deputies/<deputy>", methods=["DELETE"])
@blueprint.response(204)
def end_deputy(deputy: str) -> None:
    """End a deputyship now; the record stays."""
    acting = person()
    current = gateway()
    current.accounts.end_deputy(deputy, acting.organisation, acting.person, current.clock.now())
