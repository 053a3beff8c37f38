"""Roots, acts, journals, dossiers and duties: one shape for every kind that a service describes."""

from __future__ import annotations

import io
from typing import Any

import structlog
from flask import Response, g, jsonify, request, send_file, url_for
from marshmallow import RAISE

from chassis.core.errors import Refusal
from gateway import composition, operations
from gateway.api import root_schemas as schemas
from gateway.api.bodies import JsonBlueprint, read_key, read_object, read_version
from gateway.api.callers import caller, person
from gateway.files import SHOWN, file_in, sniff
from gateway.problems import Rejection
from gateway.wiring import gateway

blueprint = JsonBlueprint(
    "api-roots", __name__, url_prefix="/api/v1", description="Roots, acts, journals, dossiers, duties"
)


@blueprint.route("/duties", methods=["GET"])
@blueprint.arguments(schemas.DutiesQuery, location="query", unknown=RAISE)
@blueprint.response(200, schemas.DutiesPage)
def duties(query: dict[str, Any]) -> Response:
    """A page of what waits for the caller in every service, the most urgent first; services that are away are named."""
    return jsonify(composition.duties(gateway().services, person(), **query))


@blueprint.route("/duties/late", methods=["GET"])
@blueprint.response(200, schemas.LateUnits)
def late() -> Response:
    """How much is overdue in each unit of the caller's bureau and of those below it; services that are away are named."""
    return jsonify(composition.late(gateway().services, person()))


@blueprint.route("/search", methods=["GET"])
@blueprint.arguments(schemas.SearchAllQuery, location="query", unknown=RAISE)
@blueprint.response(200, schemas.RootsOfAllPage)
def search_all(query: dict[str, Any]) -> Response:
    """A page of the roots of all kinds that match, the last changed first; services that are away are named."""
    after, size = query.pop("after", None), query.pop("size")
    return jsonify(composition.search(gateway().services, query, person(), after=after, size=size))


@blueprint.route("/dossiers/<dossier>", methods=["GET"])
@blueprint.arguments(schemas.DossierQuery, location="query", unknown=RAISE)
@blueprint.response(200, schemas.DossierPage)
def dossier(query: dict[str, Any], dossier: str) -> Response:
    """A page of what belongs to one matter, from all services, the last changed first; services that are away are named."""
    return jsonify(composition.dossier(gateway().services, dossier, person(), **query))


@blueprint.route("/dossiers/<dossier>/journal", methods=["GET"])
@blueprint.arguments(schemas.DossierJournalQuery, location="query", unknown=RAISE)
@blueprint.response(200, schemas.JournalPage)
def dossier_journal(query: dict[str, Any], dossier: str) -> Response:
    """A page of the journal of one matter, from all services, by time; services that are away are named."""
    return jsonify(composition.journal(gateway().services, dossier, person(), **query))


@blueprint.route("/<kind>", methods=["GET"])
@blueprint.arguments(schemas.SearchQuery, location="query", unknown=RAISE)
@blueprint.response(200, schemas.RootsPage)
def search(query: dict[str, Any], kind: str) -> Response:
    """A page of the roots of one kind that the caller may see."""
    return jsonify(operations.search(gateway().services, kind, query, caller()))


@blueprint.route("/<kind>/acts", methods=["GET"])
@blueprint.arguments(schemas.ActsQuery, location="query", unknown=RAISE)
@blueprint.response(200, schemas.Offer(many=True))
def opening_acts(query: dict[str, Any], kind: str) -> Response:
    """The acts by which the caller may open a root of this kind; the choices of the moment only with `act`."""
    return jsonify(operations.acts(gateway().services, kind, None, caller(), query.get("act")))


@blueprint.route("/<kind>/acts/<act>", methods=["POST"])
@blueprint.response(201)
def open_root(kind: str, act: str) -> Response:
    """Open a root by an act. The public may leave out the Idempotency-Key."""
    return _perform(kind, None, act, read_key(make=caller() is None))


@blueprint.route("/<kind>/<id>", methods=["GET"])
@blueprint.arguments(schemas.ReadQuery, location="query", unknown=RAISE)
@blueprint.response(200)
def read(query: dict[str, Any], kind: str, id: str) -> Response:
    """One root as the caller may see it; the ETag is its version. `reveal` opens marked fields, which is recorded."""
    view = operations.root(gateway().services, kind, id, caller(), query["reveal"])
    answer = jsonify(view)
    if query["reveal"]:
        return answer
    answer.set_etag(str(view["version"]))
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.make_conditional(request)
    return answer


@blueprint.route("/<kind>/<id>/acts", methods=["GET"])
@blueprint.arguments(schemas.ActsQuery, location="query", unknown=RAISE)
@blueprint.response(200, schemas.Offer(many=True))
def open_acts(query: dict[str, Any], kind: str, id: str) -> Response:
    """What the caller may do now on this root: on which clause, by when; the choices of the moment only with `act`."""
    return jsonify(operations.acts(gateway().services, kind, id, person(), query.get("act")))


@blueprint.route("/<kind>/<id>/acts/<act>", methods=["POST"])
@blueprint.response(200)
def perform(kind: str, id: str, act: str) -> Response:
    """Perform an act on a root, or on one of its parts (`?part=`); If-Match is the version of what is addressed."""
    person()
    return _perform(kind, id, act, read_key(make=False))


@blueprint.route("/<kind>/<id>/journal", methods=["GET"])
@blueprint.arguments(schemas.JournalQuery, location="query", unknown=RAISE)
@blueprint.response(200, schemas.JournalPage)
def journal(query: dict[str, Any], kind: str, id: str) -> Response:
    """A page of the journal of one root, as far as the caller may see it."""
    return jsonify(operations.journal(gateway().services, kind, id, query, person()))


@blueprint.route("/<kind>/<id>/files/<hash>", methods=["GET"])
@blueprint.response(200)
def download(kind: str, id: str, hash: str) -> Response:
    """A file that the root holds in what the caller may see of it."""
    current = gateway()
    file = file_in(operations.root(current.services, kind, id, caller()), hash)
    if file is None:
        raise Refusal("not-found", kind=kind, id=id)
    return serve(current.files.get(file["hash"]), str(file.get("name") or file["hash"]))


def serve(content: bytes, name: str) -> Response:
    """A file as an HTTP response: inline where a browser shows it safely; its media type is what its bytes show."""
    try:
        media_type = sniff(content)
    except Rejection:
        media_type = "application/octet-stream"
    answer = send_file(
        io.BytesIO(content), mimetype=media_type, as_attachment=media_type not in SHOWN, download_name=name, max_age=0
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _perform(kind: str, id: str | None, act: str, key: str) -> Response:
    """One act: 200, or 201 with Location when it opened a root, or 202 with the draft when it waits for approval."""
    acting = caller()
    structlog.contextvars.bind_contextvars(command=operations.command_id(key, acting))
    part = _part() if id else None
    value = operations.perform(
        gateway().services,
        kind,
        id,
        act,
        read_object(),
        key,
        acting,
        part=part,
        expects=read_version() if id else None,
        trace=g.traceparent,
    )
    answer = jsonify(value)
    answer.status_code = status_of(value, opens=id is None)
    if answer.status_code == 201:
        answer.headers["Location"] = url_for("api-roots.read", kind=value.get("kind") or kind, id=value["root"])
    answer.set_etag(str(value["part_version"] if value.get("part_version") is not None else value["version"]))
    return answer


def status_of(value: dict[str, Any], opens: bool) -> int:
    """202 when the act became a draft that waits for approval, 201 for a root that was opened, else 200."""
    if (value.get("draft") or {}).get("state") == "open":
        return 202
    return 201 if opens else 200


def _part() -> str | None:
    unknown = set(request.args) - {"part"}
    if unknown:
        raise Refusal("invalid", errors={name: ["未知参数 / unknown parameter"] for name in sorted(unknown)})
    part = request.args.get("part")
    if part is not None and not operations.IDENTIFIER.fullmatch(part):
        raise Refusal("not-found", part=part[:80])
    return part
