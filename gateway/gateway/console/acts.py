"""Performing an act: its form beside its clause, and the page that follows. One pair of routes serves every act."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from uuid6 import uuid7
from werkzeug.datastructures import FileStorage

from chassis.client import Away, UnknownOutcome
from chassis.core.errors import Refusal
from gateway import operations
from gateway.console import forms
from gateway.console.blueprints import console
from gateway.console.service_calls import clause, kind_row, root_choices, services
from gateway.console.session import acting
from gateway.files import keep
from gateway.problems import Problem, Rejection, problem_of
from gateway.wiring import gateway

Row = dict[str, Any]


@console.get("/roots/<kind>/<id>/acts/<act>")
def act_form(kind: str, id: str, act: str) -> ResponseReturnValue:
    """The form of an act on a root or on one of its parts (`?part=`)."""
    return _form(kind, id, act, data=_prefilled())


@console.post("/roots/<kind>/<id>/acts/<act>")
def perform(kind: str, id: str, act: str) -> ResponseReturnValue:
    """Perform an act on a root; a refusal shows the form again with everything that was typed."""
    return _perform(kind, id, act)


@console.get("/start/<kind>/<act>")
def opening_form(kind: str, act: str) -> ResponseReturnValue:
    """The form of an act that opens a root."""
    return _form(kind, None, act, data=_prefilled())


@console.post("/start/<kind>/<act>")
def open_root(kind: str, act: str) -> ResponseReturnValue:
    """Open a root."""
    return _perform(kind, None, act)


def _prefilled() -> Row:
    """Values that a link brings to an empty form (`?field.name=value`)."""
    return {name: value for name, value in request.args.items() if name not in ("part", "next", "draft")}


def _drafted(view: Row, act: str) -> Row:
    """The data of the draft that is drafted again (`?draft=`), without its marked fields."""
    identifier = request.args.get("draft")
    rows = [row for row in view.get("drafts") or [] if row["id"] == identifier and row["act"] == act]
    data: Row = _unmarked(rows[0].get("data") or {}) if rows else {}
    return data


def _unmarked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _unmarked(inner)
            for name, inner in value.items()
            if not (isinstance(inner, dict) and "marked" in inner)
        }
    return [_unmarked(inner) for inner in value] if isinstance(value, list) else value


def _offered(kind: str, id: str | None, act: str, part: str | None) -> Row | None:
    """The act among those open to me now, with the choices of the moment."""
    rows = operations.acts(services(), kind, id, acting(), act)
    return next((row for row in rows if row["act"] == act and (not part or row.get("part") == part)), None)


def _perform(kind: str, id: str | None, act: str) -> ResponseReturnValue:
    form = request.form
    schema = services().act(kind, act, _regime_of_form(kind, id)).get("schema") or {}
    data: Row = {}
    try:
        data = forms.read(schema, form, request.files, keep_upload)
        if form.get("row"):
            return _form(
                kind,
                id,
                act,
                data=with_added_row(schema, data, form["row"]),
                part=form.get("part"),
                key=form.get("key", ""),
            )
        answer = operations.perform(
            services(), kind, id, act, data, form.get("key") or str(uuid7()), acting(),
            part=form.get("part") or None, expects=form.get("expects", type=int),
        )  # fmt: skip
    except (Refusal, Rejection, Away, UnknownOutcome) as fault:
        problem = problem_of(fault)
        # A stale or refused attempt is tried again with the same key: a refusal does not consume it.
        page = _form(kind, id, act, data=data, part=form.get("part"), key=form.get("key", ""), fault=problem)
        return page, problem.status
    return redirect(_after(kind, answer))


def _regime_of_form(kind: str, id: str | None) -> str | None:
    """The regime under whose schema a form was made; a root opens under the rulebook in force, which needs no name."""
    if id is None:
        return None
    return request.form.get("regime") or operations.root(services(), kind, id, acting()).get("regime")


def _after(kind: str, answer: Row) -> str:
    """The page that shows what was done."""
    root = str(answer["root"])
    outcome = {"draft": answer["draft"]["id"]} if answer.get("draft") else {"done": f"{root}:{answer.get('seq')}"}
    if answer.get("dossier"):
        return url_for("console.dossier", dossier=answer["dossier"], **outcome) + f"#{root}"
    return url_for("console.root", kind=answer.get("kind") or kind, id=root, **outcome)


def with_added_row(schema: Row, data: Row, path: str) -> Row:
    """The data with one more empty row at the list that `path` names; unchanged where the form has no such list."""
    fields = forms.walk(forms.fields_of(schema, data))
    rows = next((len(field.rows) for field in fields if field.path == path and field.kind == "rows"), None)
    if rows is None:
        return data
    target: Any = data
    *parents, last = path.split(".")
    for name in parents:
        target = target[int(name)] if isinstance(target, list) else target.setdefault(name, {})
    filled = target.get(last) if isinstance(target.get(last), list) else []
    target[last] = [*filled, *[None] * (rows + 1 - len(filled))]
    return data


def keep_upload(upload: FileStorage) -> dict[str, Any]:
    """Keep an uploaded file and return its reference."""
    current = gateway()
    return keep(current.files, upload.stream, upload.filename or "", current.config.file_limit)


def _form(
    kind: str, id: str | None, act: str, data: Row, part: str | None = None, key: str = "", fault: Problem | None = None
) -> str:
    part = part or request.args.get("part")
    view = operations.root(services(), kind, id, acting()) if id else None
    regime = (view or {}).get("regime")
    row = services().act(kind, act, regime)
    offered = _offered(kind, id, act, part)
    if offered is None and fault is None:
        raise Refusal(
            "forbidden", "此行为目前不向您开放", "This act is not open to you now", clause=row.get("clause"), act=act
        )
    offered = offered or {}
    errors = dict(fault.errors) if fault is not None else {}
    schema = row.get("schema") or {}
    given = {field: options for field, options in (offered.get("choices") or {}).items() if options is not None}
    choices = {**root_choices(schema, (view or {}).get("dossier")), **given}
    if view is not None and fault is None:
        data = {**_drafted(view, act), **data}
    fields = forms.fields_of(schema, data, errors, choices)
    return render_template(
        "console/act.html", kind=kind, kind_row=kind_row(kind, regime), regime=regime, view=view, act=row, offered=offered, part=_part(view, part),
        fields=fields, loose=forms.loose_errors(fields, errors),
        labels=forms.labels(fields), fault=fault, key=key or str(uuid7()),
        expects=_version(view, part, offered), clause_text=clause(kind, row.get("clause"), regime),
        multipart=any(field.kind == "file" or field.from_file for field in forms.walk(fields)),
    )  # fmt: skip


def _part(view: Row | None, part: str | None) -> Row | None:
    row: Row | None = next((row for row in (view or {}).get("parts") or [] if row["id"] == part), None)
    return row


def _version(view: Row | None, part: str | None, offered: Row) -> int | None:
    """The version the form was made from: of the addressed part where there is one, else of the root."""
    if view is None:
        return None
    version: int | None = view.get("version")
    part_version: int | None = offered.get("part_version")
    return part_version if part and part_version is not None else version
