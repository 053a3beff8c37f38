"""Every refusal and error of the gateway in one form: an RFC 9457 problem with Chinese and English texts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, json
from werkzeug.exceptions import HTTPException

from chassis.client import Away, UnknownOutcome
from chassis.core import errors

MEDIA_TYPE = "application/problem+json"
AWAY_SECONDS = 5

# Refusals of HTTP itself, beside those of the chassis.
OWN: dict[str, tuple[int, str, str]] = {
    "malformed": (400, "请求无法解析", "The request cannot be read"),
    "key-required": (400, "缺少幂等键（Idempotency-Key）", "The Idempotency-Key is missing or not usable"),
    "method-not-allowed": (405, "此地址不接受该方法", "This address does not take this method"),
    "not-acceptable": (406, "只提供 JSON", "Only JSON is served here"),
    "unsupported-media-type": (415, "不接受这种内容类型", "This kind of content is not taken"),
    "too-many": (429, "请求过于频繁，请稍后再试", "Too many requests; try again later"),
}
TITLES: dict[str, tuple[int, str, str]] = {
    code: (errors.STATUS[code], *errors.TEXTS[code]) for code in errors.STATUS
} | OWN
BY_STATUS = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    429: "too-many",
    503: "away",
    504: "unknown-outcome",
}


class Rejection(Exception):
    """A refusal of HTTP itself; `code` is one of OWN. `retry_after` in seconds."""

    def __init__(
        self,
        code: str,
        zh: str | None = None,
        en: str | None = None,
        *,
        errors: Mapping[str, list[str]] | None = None,
        retry_after: float | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.zh = zh or OWN[code][1]
        self.en = en or OWN[code][2]
        self.errors = dict(errors or {})
        self.retry_after = retry_after
        self.facts = facts


@dataclass(frozen=True)
class Problem:
    """What the API serves and what a page shows. `retry_after` in whole seconds."""

    code: str
    status: int
    title_zh: str
    title_en: str
    zh: str
    en: str
    clause: str | None = None
    act: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    retry_after: int | None = None
    allow: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The members of the problem document; empty ones are left out."""
        members = {
            "type": f"urn:zhaohui:problem:{self.code}",
            "title": f"{self.title_zh} / {self.title_en}",
            "status": self.status,
            "detail": f"{self.zh} / {self.en}",
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
            "clause": self.clause,
            "act": self.act,
            "facts": self.facts,
            "errors": self.errors,
        }
        return {key: value for key, value in members.items() if value not in (None, {}, [])}

    def response(self) -> Response:
        """The problem as an HTTP response."""
        answer = Response(json.dumps(self.to_dict(), ensure_ascii=False), status=self.status, content_type=MEDIA_TYPE)
        if self.retry_after is not None:
            answer.headers["Retry-After"] = str(self.retry_after)
        if self.status == 401:
            answer.headers["WWW-Authenticate"] = 'Bearer realm="zhaohui"'
        if self.allow:
            answer.headers["Allow"] = ", ".join(sorted(self.allow))
        return answer


def problem_of(error: Exception) -> Problem:
    """The problem of an exception; an unforeseen one is `internal`, without any detail of it."""
    if isinstance(error, errors.Refusal):
        return _of_refusal(error)
    if isinstance(error, Rejection):
        wait = None if error.retry_after is None else max(1, math.ceil(error.retry_after))
        return _problem(error.code, error.zh, error.en, facts=error.facts, errors=error.errors, retry_after=wait)
    if isinstance(error, UnknownOutcome):
        return _problem("unknown-outcome", facts={"service": error.service})
    if isinstance(error, Away):
        return _problem("away", facts={"service": error.service} if error.service else {}, retry_after=AWAY_SECONDS)
    if isinstance(error, HTTPException):
        return _of_http(error)
    return _problem("internal")


def _problem(code: str, zh: str | None = None, en: str | None = None, **more: Any) -> Problem:
    status, title_zh, title_en = TITLES[code]
    return Problem(code, status, title_zh, title_en, zh or title_zh, en or title_en, **more)


def _of_refusal(refusal: errors.Refusal) -> Problem:
    return _problem(
        refusal.code,
        refusal.zh,
        refusal.en,
        clause=refusal.clause,
        act=refusal.act,
        facts=dict(refusal.facts),
        errors={name: list(texts) for name, texts in refusal.errors.items()},
        retry_after=AWAY_SECONDS if refusal.code == "away" else None,
    )


def _of_http(error: HTTPException) -> Problem:
    status = error.code or 500
    if status not in BY_STATUS:
        return _problem("internal") if status >= 500 else _problem("malformed")
    messages = getattr(error, "data", {}).get("messages", {}) if status in (400, 422) else {}
    fields = {name: texts for part in messages.values() for name, texts in _flat(part).items()}
    return _problem(BY_STATUS[status], errors=fields, allow=tuple(getattr(error, "valid_methods", None) or ()))


def _flat(messages: Any) -> dict[str, list[str]]:
    if isinstance(messages, dict):
        return {
            str(name): [str(text) for text in texts] if isinstance(texts, list) else [str(texts)]
            for name, texts in messages.items()
        }
    return {"": [str(message) for message in messages]} if isinstance(messages, list) else {}
