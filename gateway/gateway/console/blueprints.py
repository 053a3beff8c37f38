"""The two blueprints: `console` for people with an account, `site` for everybody."""

from flask import Blueprint

console = Blueprint("console", __name__, url_prefix="/console")
site = Blueprint("site", __name__)
