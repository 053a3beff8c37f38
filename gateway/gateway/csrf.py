"""Tokens against forged forms: an HMAC of a cookie that no other site can read, good for half a day."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time

from flask import Response, after_this_request, g, request

from gateway.wiring import gateway

COOKIE = "zhaohui_session"  # the session's token; set by the pages at sign-in
VISITOR = "zhaohui_visitor"  # a random value for a visitor without a session
LIFETIME = 12 * 3600  # seconds a rendered form may be sent
MOMENT = re.compile(r"[0-9a-f]{1,12}\.[0-9a-f]{16}")


def token() -> str:
    """The form token of this request's visitor; sets the visitor's cookie when there is none yet."""
    return issue(gateway().secret, _cookie() or _new_visitor())


def check(value: str) -> bool:
    """Whether a submitted form token belongs to this request's visitor and is not too old."""
    cookie = _cookie()
    return bool(cookie) and valid(gateway().secret, cookie, value)


def issue(secret: bytes, cookie: str) -> str:
    """A form token for this cookie value: `<hex seconds>.<nonce>.<mac>`."""
    moment = f"{int(time.time()):x}.{secrets.token_hex(8)}"
    return f"{moment}.{_mac(secret, cookie, moment)}"


def valid(secret: bytes, cookie: str, value: str) -> bool:
    """Whether the form token was issued for this cookie value and is not too old."""
    moment, _, mac = value.rpartition(".")
    if not MOMENT.fullmatch(moment) or not hmac.compare_digest(mac.encode(), _mac(secret, cookie, moment).encode()):
        return False
    return 0 <= time.time() - int(moment.partition(".")[0], 16) <= LIFETIME


def _cookie() -> str:
    """The cookie that a form token belongs to: the session's, else the visitor's; empty when there is none."""
    return request.cookies.get(COOKIE) or request.cookies.get(VISITOR) or ""


def _new_visitor() -> str:
    """A new visitor's cookie, set by the response; one value a request, however many forms the page has."""
    if "visitor_cookie" not in g:
        g.visitor_cookie = secrets.token_urlsafe(24)

        @after_this_request
        def keep(response: Response) -> Response:
            response.set_cookie(
                VISITOR, g.visitor_cookie, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
            )
            return response

    cookie: str = g.visitor_cookie
    return cookie


def _mac(secret: bytes, cookie: str, moment: str) -> str:
    return hmac.new(secret, f"{cookie}|{moment}".encode(), hashlib.sha256).hexdigest()
