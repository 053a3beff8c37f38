"""A problem as a page: what happened, on which clause, what can be done now."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.console.session import headers
from gateway.console.template import provide
from gateway.problems import Problem


def render_problem(problem: Problem) -> ResponseReturnValue:
    """The page of a problem; a reader without a session is redirected to the sign-in page."""
    if problem.code == "unauthenticated" and request.method == "GET" and request.path.startswith("/console"):
        return redirect(url_for("console.sign_in", next=request.full_path.rstrip("?")))
    response = make_response(render_template("console/problem.html", problem=problem, **provide()), problem.status)
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return headers(response)
