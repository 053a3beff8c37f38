"""Uploads: a file is put into the store once; acts then name it by its hash."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from chassis.core.errors import Refusal
from gateway.api import schemas
from gateway.api.bodies import JsonBlueprint
from gateway.files import keep
from gateway.problems import Rejection
from gateway.wiring import gateway

blueprint = JsonBlueprint("api-uploads", __name__, url_prefix="/api/v1", description="Files")


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
    current = gateway()
    if request.mimetype != "multipart/form-data":
        raise Rejection("unsupported-media-type", allowed=["multipart/form-data"])
    try:
        files = request.files.getlist("file")
        others = (set(request.files) | set(request.form)) - {"file"}
    except RequestEntityTooLarge:
        raise Refusal("too-large", limit=current.config.file_limit) from None
    if others or len(files) != 1:
        errors = {name: ["未知字段 / unknown field"] for name in sorted(others)}
        raise Refusal("invalid", errors=errors or {"file": ["须有且仅有一个文件 / exactly one file is required"]})
    return keep(current.files, files[0].stream, files[0].filename or "", current.config.file_limit)
