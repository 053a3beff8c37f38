"""Reading a request strictly: JSON bodies, versions, idempotency keys; what is malformed is refused here."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any, NoReturn

from flask import Request, request
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser

from chassis.core.errors import Refusal
from gateway.problems import Rejection

BODY_LIMIT = 1024 * 1024  # bytes of a JSON body
VERSION = re.compile(r'"?([0-9]{1,15})"?')
KEY = re.compile(r"[\x21-\x7e]{1,200}")


def read_json(incoming: Request) -> Any:
    """The JSON value of a request's body; an empty body is an empty object.

    Rejections: malformed, unsupported-media-type; too-large (by Flask) over BODY_LIMIT.
    """
    incoming.max_content_length = BODY_LIMIT
    content = incoming.get_data()
    if not content:
        return {}
    if not incoming.is_json:
        raise Rejection("unsupported-media-type", allowed=["application/json"])
    try:
        value = json.loads(content, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
        encoded = json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Rejection("malformed", "请求体不是有效的 JSON", "The body is not valid JSON") from None
    if b"\\u0000" in encoded:
        raise Rejection("malformed", "请求体含有空字符", "The body holds a NUL character")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def read_object() -> dict[str, Any]:
    """The JSON object of this request's body."""
    value = read_json(request)
    if not isinstance(value, dict):
        raise Rejection("malformed", "请求体应为 JSON 对象", "The body must be a JSON object")
    return value


def read_key(make: bool) -> str:
    """The idempotency key of this request; made here when it is absent and `make` allows it. Rejection key-required."""
    key = request.headers.get("Idempotency-Key")
    if key is None and make:
        return str(uuid.uuid4())
    if key is None or not KEY.fullmatch(key):
        raise Rejection("key-required")
    return key


def read_version() -> int:
    """The version in If-Match. Refusal version-required when it is absent, Rejection malformed when it is none."""
    header = request.headers.get("If-Match")
    if header is None:
        raise Refusal("version-required")
    match = VERSION.fullmatch(header.strip())
    if not match:
        raise Rejection("malformed", "If-Match 应为一个版本号", "If-Match must be one version")
    return int(match[1])


class JsonParser(FlaskParser):
    """webargs with our reading of JSON bodies."""

    def load_json(self, req: Request, schema: Any) -> Any:
        """The body as `read_json` reads it."""
        return read_json(req)


class JsonBlueprint(Blueprint):
    """A flask-smorest blueprint with our reading of JSON bodies."""

    ARGUMENTS_PARSER = JsonParser()
