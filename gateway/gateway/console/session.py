"""The person of a page: the session cookie, sign-in required by default, CSRF on every post, the security headers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from chassis.core.errors import Refusal
from gateway import csrf
from gateway.identity import Acting
from gateway.problems import Rejection
from gateway.wiring import gateway

View = TypeVar("View", bound=Callable[..., Any])

OPEN_VIEWS: set[Callable[..., Any]] = set()  # the pages that need no sign-in
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def open_to_all(view: View) -> View:
    """Mark a page that needs no sign-in."""
    OPEN_VIEWS.add(view)
    return view


def acting() -> Acting:
    """Who acts on this page; a page that is open to all uses `visitor` instead."""
    person = visitor()
    if person is None:
        raise Refusal("unauthenticated")
    return person


def visitor() -> Acting | None:
    """Who is signed in on this request, or None for the public."""
    if "acting" not in g:
        token = request.cookies.get(csrf.COOKIE, "")
        try:
            g.acting = gateway().identity.acting(token) if token else None
        except Refusal:
            g.acting = None
    person: Acting | None = g.acting
    return person


def acting_choices() -> list[dict[str, str]]:
    """The organisations that the person of this request may act for."""
    who = visitor()
    return gateway().identity.choices(who.person) if who else []


def guard() -> ResponseReturnValue | None:
    """Before every page: refuse a request without a session, and a post without its CSRF token."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method not in ("GET", "HEAD", "OPTIONS") and not csrf.check(request.form.get("csrf", "")):
        raise Rejection(
            "malformed",
            "页面已过期或不是从本站提交的，请返回刷新后重试",
            "This page has expired or was not sent from this site; go back, reload and try again",
        )
    if view in OPEN_VIEWS or visitor() is not None:
        return None
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": url_for("console.sign_in")})
    return redirect(url_for("console.sign_in", next=request.full_path.rstrip("?")))


def keep_session(response: Response, token: str) -> Response:
    """Put the session's token into its cookie: unreadable to scripts, not sent from other sites."""
    secure = request.is_secure or gateway().config.production
    response.set_cookie(csrf.COOKIE, token, httponly=True, samesite="Lax", secure=secure, path="/")
    return response


def own_path(target: str | None, default: str) -> str:
    """The target when it is a path of this site, else `default`; never another site."""
    path = target or ""
    local = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
    return path if local and not urlsplit(path).netloc else default


def headers(response: Response) -> Response:
    """After every page: the headers that forbid foreign sources, inline code and shared caches."""
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Frame-Options"] = "DENY"
    return response
