"""The console, the producers' portal and the public site: server-rendered pages over the same functions as the API.

There is no rule of the procedure here. What a page shows comes from what services describe and answer; what a form takes is
the act's own schema.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_babel import Babel

from gateway.console import (
    acts,
    approvals,
    documents,
    dossier_fragments,
    dossiers,
    duties,
    files,
    lists,
    localisation,
    public,
    signin,
)
from gateway.console.blueprints import console, site
from gateway.console.problems import render_problem
from gateway.console.session import guard, headers
from gateway.console.template import provide

__all__ = ["register", "render_problem"]

PAGES = (
    acts,
    approvals,
    documents,
    dossier_fragments,
    dossiers,
    duties,
    files,
    lists,
    public,
    signin,
)  # importing them fills the blueprints
TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"


for _pages in (console, site):
    _pages.before_request(guard)
    _pages.after_request(headers)
    _pages.context_processor(provide)


def register(app: Flask) -> None:
    """Put the pages into the gateway's app. Languages: Chinese is the default, English by a choice kept in a cookie."""
    Babel(
        app,
        default_locale="zh",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=localisation.language,
    )
    app.register_blueprint(console)
    app.register_blueprint(site)
