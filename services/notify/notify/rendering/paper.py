"""A document as the page needs it: every fact already in words. Pure; the typst templates only lay it out."""

from __future__ import annotations

from typing import Any

from notify.rendering import wording
from notify.rendering.forms import Form, form_for, plain

LISTS = frozenset({
    "items", "evidence", "requirements", "attachments", "members", "team", "steps", "materials", "measures", "suggestions", "feedback",
    "leads",
})  # fmt: skip
FIRMS = frozenset({"producer", "operator", "agent"})


def paper(document: dict[str, Any]) -> dict[str, Any]:
    """What is printed for `document`.

    `document`: `{kind, title, number, issuer_name, addressee_name, signed_on, signer_name, remedy, fields}`. A form
    that lacks facts it needs is laid out plainly, with everything that was given, and says which were missing.
    """
    form = form_for(document["kind"])
    fields = document.get("fields") or {}
    missing = form.missing(fields)
    used = plain(form) if missing else form
    return {
        "kind": form.kind,
        "template": used.template,
        "verified": form.verified,
        "missing": missing,
        "title": document.get("title") or form.kind,
        "number": document.get("number") or "",
        "issuer": document.get("issuer_name") or "",
        "addressee": document.get("addressee_name") or "",
        "signer": document.get("signer_name") or "",
        "date": wording.chinese_date(document["signed_on"]),
        "signed_on": document["signed_on"][:10],
        "remedy": document.get("remedy") or "",
        "facts": _facts(used, fields),
        "table": wording.table(fields) if used.template == "plain" else [],
        "seal": form.numbered,
    }


def _facts(form: Form, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _fact(name, fields[name]) for name in form.needs + form.may if fields.get(name) not in (None, "", [], {})
    }


def _fact(name: str, value: Any) -> str | list[str]:
    if name in LISTS:
        return wording.listed(value)
    if name == "product":
        return wording.product(value)
    return wording.firm(value) if name in FIRMS else wording.text(value)
