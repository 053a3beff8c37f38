"""Documents from signing to print: number, rendering, seal, voiding (article 23)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chassis.core import Act, act
from chassis.core.contracts.facts import DocumentIssued
from chassis.core.contracts.schema import Nothing
from chassis.core.storage.series import next_number
from notify.domain import numbers
from notify.rendering.forms import Form, form_for
from notify.schemas.documents import Rendered, Seal, Voiding
from notify.storage import queries

FIRM = re.compile(r"^org_[0-9A-HJ-NPQRTUWXY]{18}$")  # a firm's id is its unified social credit code


@act("document", "number-document", DocumentIssued)
def number_document(do: Act) -> None:
    """Article 23: what was signed is registered, and gets the next number of its issuer where its form has one.

    The number is allotted in this transaction. What a producer filed is kept and printed under its own name.
    """
    issued = do.data
    form = form_for(issued["kind"])
    issuer = numbers.issuer_named(do.settings, issued["issuer"])
    addressee = numbers.issuer_named(do.settings, issued["addressee"])
    do.root.title = issued["title"]
    do.body.update(_registered(issued, form, issuer, addressee))
    if issued["issuer"]:
        do.party("issuer", numbers.bureau_of(issued["issuer"]))
    if issued["addressee"]:
        do.party("addressee", issued["addressee"])
    if form.numbered and _gives_numbers(issuer, issued["issuer"]):
        do.root.number = _allot(do, form)
        do.note("number", do.root.number)
    _print(do)


def _gives_numbers(issuer: Mapping[str, Any] | None, organisation: str | None) -> bool:
    """A configured issuer without a code (the experts) and a firm give no numbers; any other must have a code."""
    if issuer is not None:
        return bool(issuer.get("code"))
    return organisation is not None and not FIRM.match(organisation)


def _registered(
    issued: dict[str, Any], form: Form, issuer: Mapping[str, Any] | None, addressee: Mapping[str, Any] | None
) -> dict[str, Any]:
    origin = {key: issued[key] for key in ("root", "root_kind", "root_number", "part", "act", "clause")}
    name = issuer["name"] if issuer else _own_name(issued["fields"])
    return {
        "pdf": None,
        "kind": issued["kind"],
        "title": issued["title"],
        "origin": origin,
        "issuer": {"id": issued["issuer"], "name": name},
        "addressee": {"id": issued["addressee"], "name": issued["addressee_name"] or (addressee or {}).get("name")},
        "signed_on": issued["signed_on"],
        "signed_by": issued["signed_by"],
        "fields": issued["fields"],
        "remedy": issued["remedy"],
        "form": {"en": form.en, "template": form.template, "verified": form.verified, "served": form.served},
    }


def _own_name(fields: dict[str, Any]) -> str:
    """The name under which a firm filed: the producer or operator the paper speaks of."""
    firm = fields.get("producer") or fields.get("operator") or ""
    return str(firm.get("name", "")) if isinstance(firm, dict) else str(firm)


def _allot(do: Act, form: Form) -> str:
    bureau = numbers.bureau_of(do.data["issuer"])
    code = numbers.code_for(do.settings, bureau, form.kind, form.word)
    year = int(do.data["signed_on"][:4])
    value = next_number(do.connection, f"{bureau}/{code}/{year}")
    queries.keep_number(
        do.connection, issuer=bureau, code=code, year=year, value=value, kind=form.kind, document=do.root.id
    )
    return numbers.written(code, year, value)


def _print(do: Act) -> None:
    do.later("print-document", {"document": do.root.id})


@act("document", "render-document", Rendered)
def render_document(do: Act) -> None:
    """Article 23: the PDF of the document; an addressee with a confirmed service address gets it at once."""
    printed = do.data
    do.body["pdf"] = printed["pdf"]
    do.body["form"]["template"] = printed["template"]
    do.body["missing"] = printed["missing"]
    do.body["fault"] = None
    if printed["outcome"] == "fault":
        do.body["fault"] = {"reason": printed["fault"], "unprintable": printed["unprintable"]}
    elif printed["outcome"] == "ready" and queries.address_in_force(do.connection, do.body["addressee"]["id"]):
        do.later("deliver", {"document": do.root.id})


@act("document", "print-again", Nothing)
def print_again(do: Act) -> None:
    """Article 23: after the fault was mended the document is printed as it was signed."""
    _print(do)


@act("document", "record-seal", Seal)
def record_seal(do: Act) -> None:
    """Practice: the use of the seal is recorded, or the sealed scan is kept, before the paper goes out."""
    do.body.setdefault("seals", []).append({"used_on": do.data["used_on"], "note": do.data["note"]})
    if do.data["scan"]:
        do.body["sealed_scan"] = do.data["scan"]


@act("document", "void-document", Voiding)
def void_document(do: Act) -> None:
    """Article 23, practice: a document that is not issued after all is voided; its number stays void and is kept."""
    do.body["void"] = {"reasons": do.data["reasons"], "on": do.today.isoformat()}
    queries.void_number(do.connection, do.root.id, do.data["reasons"])
