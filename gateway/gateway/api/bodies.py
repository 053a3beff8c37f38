"""Reading a request strictly: JSON bodies, versions, idempotency keys; what is malformed is refused here."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

from flask import Request, request
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser

from chassis.core.errors import Refusal
from gateway.problems import Rejection

View = TypeVar("View", bound=Callable[..., Any])

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

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body as `read_json` reads it."""
        return read_json(req)


class JsonBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """A flask-smorest blueprint with our reading of JSON bodies, and typed decorators."""

    ARGUMENTS_PARSER = JsonParser()

    def route(self, rule: str, *, methods: Sequence[str], **options: Any) -> Callable[[View], View]:
        """Serve the view at this rule with these methods; further options as in flask-smorest."""
        decorate: Callable[[View], View] = super().route(rule, methods=methods, **options)
        return decorate

    def arguments(
        self, schema: type[Schema], *, location: str = "json", unknown: str | None = None
    ) -> Callable[[View], View]:
        """Give the view, as its first argument, what the schema loads from this location of the request.

        `unknown` is marshmallow's treatment of unknown fields, where it differs from that of the location.
        """
        options = {} if unknown is None else {"unknown": unknown}
        decorate: Callable[[View], View] = super().arguments(schema, location=location, **options)
        return decorate

    def response(self, status_code: int, schema: type[Schema] | Schema | None = None) -> Callable[[View], View]:
        """Serve what the view returns with this status, dumped by the schema where there is one."""
        decorate: Callable[[View], View] = super().response(status_code, schema)
        return decorate

    def doc(self, **members: Any) -> Callable[[View], View]:
        """Put these members into the view's OpenAPI operation."""
        decorate: Callable[[View], View] = super().doc(**members)
        return decorate
