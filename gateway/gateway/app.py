"""The WSGI application: the API, the pages when they are installed, and what every request has in common."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from importlib.util import find_spec
from traceback import extract_tb

import structlog
from flask import Flask, Response, current_app, g, request
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from chassis.core.errors import Refusal
from gateway import csrf, trace
from gateway.api import JSON_PATHS, install
from gateway.config import Config
from gateway.problems import Problem, Rejection, problem_of
from gateway.services import Client
from gateway.wiring import EXTENSION, assemble, gateway

log = structlog.get_logger("gateway")
PROBLEM_PAGE = "zhaohui.problem-page"  # the function that renders a problem as a page, where there are pages
CONSOLE = "console"  # the blueprint of the pages behind a sign-in
BODY_OVERHEAD = 64 * 1024  # bytes of a multipart body beside its file
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
JSON_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


class JsonProvider(DefaultJSONProvider):
    """JSON as the API serves it: Chinese as written, members in their own order."""

    ensure_ascii = False
    sort_keys = False


def create_app(config: Config, client: Client | None = None, pages: bool = True) -> Flask:
    """The gateway as a Flask application; `client` stands in for the RPC client in tests; without `pages` the API alone."""
    app = Flask("gateway")
    app.extensions[EXTENSION] = assemble(config, client)
    app.config["MAX_CONTENT_LENGTH"] = config.file_limit + BODY_OVERHEAD
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.config["SECRET_KEY"] = app.extensions[EXTENSION].secret
    app.url_map.merge_slashes = False
    app.json = JsonProvider(app)
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]
    app.before_request(_begin)
    app.before_request(_limit_visitors)
    app.after_request(_finish)
    install(app)
    app.register_error_handler(HTTPException, _problem_response)
    app.register_error_handler(Exception, _problem_response)
    if pages and find_spec("gateway.console") is not None:
        _install_pages(app)
    return app


def _install_pages(app: Flask) -> None:
    from gateway import console

    console.register(app)
    app.extensions[PROBLEM_PAGE] = console.render_problem


def _begin() -> None:
    g.begun = time.perf_counter()
    g.traceparent = trace.follow(request.headers.get("traceparent"))
    structlog.contextvars.bind_contextvars(trace=trace.trace_of(g.traceparent))


def _limit_visitors() -> None:
    """Count a form sent to the public site without a session as a request of its address.

    The console's own sign-in is limited by `gateway.identity`; its other forms need a session.
    """
    if request.method != "POST" or request.path.startswith(JSON_PATHS) or request.blueprint == CONSOLE:
        return
    current = gateway()
    try:
        current.identity.acting(request.cookies.get(csrf.COOKIE, ""))
    except Refusal:
        wait = current.public.take(request.remote_addr or "")
        if wait:
            raise Rejection("too-many", retry_after=wait) from None


def _finish(response: Response) -> Response:
    for name, value in (HEADERS | JSON_HEADERS if request.path.startswith(JSON_PATHS) else HEADERS).items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.headers["traceparent"] = g.get("traceparent", "")
    _log_request(response.status_code)
    structlog.contextvars.unbind_contextvars("trace", "command", "organisation")
    return response


def _log_request(status: int) -> None:
    """Log one line a request: the rule that matched, never the address, which may hold a name or a search text."""
    rule = request.url_rule.rule if request.url_rule else None
    names = {name: value for name, value in (request.view_args or {}).items() if name in ("kind", "act")}
    milliseconds = round((time.perf_counter() - g.begun) * 1000, 1) if "begun" in g else None
    log.info("request", method=request.method, rule=rule, status=status, milliseconds=milliseconds, **names)


def _problem_response(error: Exception) -> ResponseReturnValue:
    """Every exception as a problem: JSON for the API, a page elsewhere when there are pages."""
    if isinstance(error, HTTPException) and error.code and error.code < 400:
        return error  # a redirect
    problem = problem_of(error)
    if problem.code == "internal":
        incident = secrets.token_hex(4)
        cause = error.facts.get("exc_type") if isinstance(error, Refusal) else None
        log.error("internal", incident=incident, fault=cause or type(error).__name__, where=_where(error))
        problem = Problem(**{**vars(problem), "facts": {"incident": incident}})
    render: Callable[[Problem], ResponseReturnValue] | None = current_app.extensions.get(PROBLEM_PAGE)
    if render is None or request.path.startswith(JSON_PATHS):
        return problem.response()
    return render(problem)


def _where(error: Exception) -> list[str]:
    """The frames an exception passed, without its text, which may hold what somebody sent."""
    return [
        f"{frame.name} {frame.filename.rpartition('/')[2]}:{frame.lineno}"
        for frame in extract_tb(error.__traceback__)[-8:]
    ]
