"""Uploading: a file goes once into the store; acts then name it by its hash."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from chassis.core.errors import Refusal
from gateway.api import schemas
from gateway.api.bodies import HouseBlueprint
from gateway.files import keep
from gateway.problems import Rejection
from gateway.wiring import gateway

blueprint = HouseBlueprint("api-uploads", __name__, url_prefix="/api/v1", description="Files")


@blueprint.route("/files", methods=["POST"])
@blueprint.response(201, schemas.KeptFile)
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
                }
            }
        },
    }
)
def upload() -> dict[str, Any]:
    """Keep one file (part `file` of a multipart body): PDF, picture, mp4, docx, xlsx, text, JSON or XML."""
    house = gateway()
    if request.mimetype != "multipart/form-data":
        raise Rejection("unsupported-media-type", allowed=["multipart/form-data"])
    try:
        given = request.files.getlist("file")
        others = (set(request.files) | set(request.form)) - {"file"}
    except RequestEntityTooLarge:
        raise Refusal("too-large", limit=house.config.file_limit) from None
    if others or len(given) != 1:
        wrong = {name: ["未知字段 / unknown field"] for name in sorted(others)}
        raise Refusal("invalid", errors=wrong or {"file": ["须有且仅有一个文件 / exactly one file is required"]})
    return keep(house.files, given[0].stream, given[0].filename or "", house.config.file_limit)
