"""The public site: what is recalled, and reporting a product, with no account."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer
from uuid6 import uuid7

from chassis.client import Away, UnknownOutcome
from chassis.core.dates.times import iso
from chassis.core.errors import Refusal
from gateway import operations
from gateway.console import forms
from gateway.console.acts import keep_upload, with_added_row
from gateway.console.blueprints import site
from gateway.console.files import file_response, files_of
from gateway.console.query_parameters import cursor, search_text
from gateway.console.service_calls import services
from gateway.console.session import open_to_all
from gateway.problems import Problem, Rejection, problem_of
from gateway.wiring import gateway

LEAD, REPORT = "lead", "report"  # the kind and the act by which anybody reports a product
PUBLICATION = "publication"  # the kind of what has been published
PAGE_SIZE = 20
RECEIPTS = "public-receipt"


@site.get("/")
@open_to_all
def home() -> str:
    """The front page: the latest recalls, and a link to the report form."""
    result, away = _published(size=6)
    return render_template("public/home.html", result=result, away=away)


@site.get("/recalls")
@open_to_all
def recalls() -> str:
    """What has been published, by search text."""
    text, after = search_text(), cursor()
    result, away = _published(text=text, after=after, size=PAGE_SIZE)
    return render_template("public/recalls.html", result=result, away=away, text=text, after=after)


@site.get("/recalls/<id>")
@open_to_all
def recall(id: str) -> str:
    """One recall's notice, as the public may read it."""
    view = operations.root(services(), PUBLICATION, id, None)
    files = list(files_of(view.get("body")))
    return render_template("public/recall.html", view=view, files=files)


@site.get("/recalls/<id>/files/<hash>")
@open_to_all
def recall_file(id: str, hash: str) -> ResponseReturnValue:
    """A file of a published notice."""
    return file_response(operations.root(services(), PUBLICATION, id, None), hash)


def _published(**query: Any) -> tuple[dict[str, Any], bool]:
    """A page of the public's search of publications; whether the service is away. Refusal invalid for a strange cursor."""
    try:
        filters = {name: value for name, value in query.items() if value}
        return operations.search(services(), PUBLICATION, filters, None), False
    except (Away, Refusal) as fault:
        if isinstance(fault, Refusal) and fault.code == "invalid":
            raise
        return {"items": [], "next": None, "total": 0, "more": False}, True


@site.get("/report")
@open_to_all
def report_form() -> str:
    """The public's form: the schema of the reporting act."""
    return _report({})


@site.post("/report")
@open_to_all
def report() -> ResponseReturnValue:
    """Take a report and give its receipt number; a refusal shows the form again with everything that was typed."""
    form, data = request.form, dict[str, Any]()
    schema = services().act(LEAD, REPORT).get("schema") or {}
    try:
        data = forms.read(schema, form, request.files, keep_upload)
        if form.get("row"):
            return _report(with_added_row(schema, data, form["row"]), key=form.get("key", ""))
        answer = operations.perform(services(), LEAD, None, REPORT, data, form.get("key") or str(uuid7()), None)
    except (Refusal, Rejection, Away, UnknownOutcome) as fault:
        problem = problem_of(fault)
        return make_response(_report(data, key=form.get("key", ""), fault=problem), problem.status)
    receipt = {"number": answer.get("number") or answer["root"], "at": answer.get("at") or iso(gateway().clock.now())}
    return redirect(url_for("site.receipt", slip=_receipts().dumps(receipt)))


@site.get("/receipt/<slip>")
@open_to_all
def receipt(slip: str) -> str:
    """The receipt of a report: its number and the time of receipt. The address itself carries both, signed."""
    try:
        return render_template("public/receipt.html", **_receipts().loads(slip))
    except BadSignature:
        raise Refusal("not-found") from None


@site.get("/privacy")
@open_to_all
def privacy() -> str:
    """How the data of a report is used."""
    return render_template("public/privacy.html")


def _receipts() -> URLSafeSerializer:
    return URLSafeSerializer(gateway().secret, salt=RECEIPTS)


def _report(data: dict[str, Any], key: str = "", fault: Problem | None = None) -> str:
    act = services().act(LEAD, REPORT)
    errors = dict(fault.errors) if fault is not None else {}
    fields = forms.fields_of(act.get("schema") or {}, data, errors)
    return render_template(
        "public/report.html", act=act, fields=fields, loose=forms.loose_errors(fields, errors),
        labels=forms.labels(fields), fault=fault, key=key or str(uuid7()),
        multipart=any(field.kind == "file" or field.from_file for field in forms.walk(fields)),
    )  # fmt: skip
