"""Signing in and out, choosing the organisation one acts for, choosing the language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from chassis.core.errors import Refusal
from gateway import csrf
from gateway.console.blueprints import console, site
from gateway.console.localisation import LANGUAGE_COOKIE, LANGUAGES, localised_half
from gateway.console.session import keep_session, open_to_all, own_path, visitor
from gateway.problems import Problem, Rejection, problem_of
from gateway.wiring import gateway


@console.get("/sign-in")
@open_to_all
def sign_in() -> ResponseReturnValue:
    """The sign-in page."""
    if visitor() is not None:
        return redirect(own_path(request.args.get("next"), url_for("console.duties")))
    return _page()


@console.post("/sign-in")
@open_to_all
def begin() -> ResponseReturnValue:
    """Begin a session; a person of several organisations chooses one, with the username kept in the form."""
    form = request.form
    try:
        session = gateway().identity.sign_in(
            form.get("username", "").strip(),
            form.get("password", ""),
            organisation=form.get("organisation") or None,
            address=request.remote_addr or "",
            purpose="console",
        )
    except Refusal as refusal:
        return _page(refusal, refusal.facts.get("organisations", ())), refusal.status
    except Rejection as rejection:
        problem = problem_of(rejection)
        return _page(problem), problem.status
    response = make_response(redirect(own_path(form.get("next"), url_for("console.duties"))))
    return keep_session(response, session.token)


def _page(fault: Refusal | Problem | None = None, organisations: Sequence[Mapping[str, str]] = ()) -> str:
    return render_template("console/signin.html", fault=fault, organisations=organisations, said=localised_half)


@console.post("/sign-out")
@open_to_all
def sign_out() -> ResponseReturnValue:
    """End the session."""
    token = request.cookies.get(csrf.COOKIE, "")
    if token:
        gateway().identity.sign_out(token)
    response = make_response(redirect(url_for("console.sign_in")))
    response.delete_cookie(csrf.COOKIE, path="/")
    return response


@console.post("/organisation")
def change_organisation() -> ResponseReturnValue:
    """Continue as the same person for another of their organisations."""
    token = request.cookies.get(csrf.COOKIE, "")
    session = gateway().identity.change_organisation(token, request.form.get("organisation", ""))
    return keep_session(make_response(redirect(url_for("console.duties"))), session.token)


@site.get("/language/<code>")
@open_to_all
def language(code: str) -> ResponseReturnValue:
    """Show the pages in this language from now on."""
    response = make_response(redirect(own_path(request.args.get("next"), url_for("site.home"))))
    if code in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE, code, max_age=365 * 86400, samesite="Lax", httponly=True, secure=request.is_secure
        )
    return response
