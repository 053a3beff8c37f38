"""Files and documents, read only through a root that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from flask import Response, request

from chassis.core.errors import Refusal
from gateway import operations
from gateway.console.blueprints import console
from gateway.console.service_calls import services
from gateway.console.session import acting
from gateway.files import SHOWN, file_in
from gateway.wiring import gateway


@console.get("/files/<kind>/<id>/<hash>")
def file(kind: str, id: str, hash: str) -> Response:
    """A file that a root holds; what a browser shows safely opens in place, the rest is saved."""
    return file_response(operations.root(services(), kind, id, acting()), hash)


def file_response(view: dict[str, Any], hash: str) -> Response:
    """The bytes of a file that this view of a root holds, never run as a page of this site; Refusal not-found."""
    reference = file_in(view, hash)
    if reference is None:
        raise Refusal("not-found", hash=hash)
    media_type = reference["media_type"]
    shown = media_type in SHOWN
    response = Response(gateway().files.get(hash), mimetype=media_type if shown else "application/octet-stream")
    disposition = "inline" if shown and not request.args.get("save") else "attachment"
    response.headers["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(reference['name'])}"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def files_of(value: Any) -> Iterator[dict[str, Any]]:
    """Every file that a JSON value holds, at any depth."""
    if isinstance(value, dict):
        if value.get("hash") and value.get("media_type"):
            yield value
        else:
            for inner in value.values():
                yield from files_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from files_of(inner)
