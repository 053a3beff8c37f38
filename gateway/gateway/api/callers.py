"""The caller of a request: a bearer token is required on every address of the API, except those listed here."""

from __future__ import annotations

import structlog
from flask import g, request

from chassis.core.errors import Refusal
from gateway.identity import Acting
from gateway.problems import Rejection
from gateway.wiring import gateway

JSON_PATHS = ("/api/", "/healthz", "/readyz")

# Every address that answers without a token; services decide what the public may see and do there.
PUBLIC = frozenset(
    {
        "api-accounts.begin_session",
        "api-contract.openapi",
        "api-health.healthz",
        "api-health.readyz",
        "api-roots.download",
        "api-roots.open_root",
        "api-roots.opening_acts",
        "api-roots.read",
        "api-roots.search",
        "api-uploads.upload",
    }
)
COSTS = {"api-uploads.upload": 10.0}  # a visitor's file counts as ten requests
UNLIMITED = frozenset({"api-health.healthz", "api-health.readyz"})


def authenticate() -> None:
    """Before every request to the API: put the caller into `g.caller`, or refuse; limit callers without a token."""
    if not request.path.startswith(JSON_PATHS):
        return
    g.caller = None
    header = request.headers.get("Authorization")
    if header is not None:
        g.caller = gateway().identity.acting(_bearer(header))
        structlog.contextvars.bind_contextvars(organisation=g.caller.organisation)
    elif request.endpoint is not None and request.endpoint not in PUBLIC:
        raise Refusal("unauthenticated")
    elif request.endpoint not in UNLIMITED:
        wait = gateway().public.take(request.remote_addr or "", COSTS.get(request.endpoint or "", 1.0))
        if wait:
            raise Rejection("too-many", retry_after=wait)


def negotiate() -> None:
    """The API serves JSON: refuse a request that accepts none of it, except for the download of a file."""
    accepted = request.accept_mimetypes
    if not request.path.startswith(JSON_PATHS) or request.endpoint == "api-roots.download" or not accepted:
        return
    if not (accepted["application/json"] or accepted["application/problem+json"]):
        raise Rejection("not-acceptable")


def caller() -> Acting | None:
    """The person who calls; None is the public."""
    acting: Acting | None = g.caller
    return acting


def person() -> Acting:
    """The person who calls; Refusal unauthenticated for the public."""
    acting = caller()
    if acting is None:
        raise Refusal("unauthenticated")
    return acting


def bearer() -> str:
    """The session token of this request."""
    return _bearer(request.headers.get("Authorization", ""))


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal("unauthenticated")
    return token.strip()
