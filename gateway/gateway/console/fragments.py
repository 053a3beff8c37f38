"""Fragments: parts of a page that are loaded after it, or when they are opened.

A fragment is asked for by htmx and put into its page; asked for by a plain link, it is a page of its own. Its faults are
shown in its place, so that the page around it stays.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import render_template, request

from chassis.client import Away, UnknownOutcome
from chassis.core.errors import Refusal
from gateway.problems import Rejection, problem_of


def fragment(template: str, title: str, **context: Any) -> str:
    """Render a fragment: alone for the script that asks, else on a page with this title."""
    if request.headers.get("HX-Request"):
        return render_template(template, **context)
    return render_template("console/fragment.html", fragment=template, title=title, **context)


def shows_faults(view: Callable[..., str]) -> Callable[..., str]:
    """Let a fragment say what it could not show, where it would have stood; as a page of its own it is a problem page."""

    @wraps(view)
    def shown(*args: Any, **values: Any) -> str:
        try:
            return view(*args, **values)
        except (Refusal, Rejection, Away, UnknownOutcome) as fault:
            if not request.headers.get("HX-Request"):
                raise
            return render_template("console/_fault.html", fault=problem_of(fault))

    return shown
