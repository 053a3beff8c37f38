"""收件箱: the documents served to my organisation and those it filed, each with the running clocks that its service started."""

from __future__ import annotations

from typing import Any

from flask import render_template

from chassis.client import Away
from chassis.core.errors import Refusal
from gateway import composition, operations
from gateway.console.blueprints import console
from gateway.console.files import files_of
from gateway.console.query_parameters import cursor
from gateway.console.service_calls import in_order, kinds, services
from gateway.console.session import acting
from gateway.identity import Acting
from gateway.merging import MOST
from gateway.services import Value

Row = dict[str, Any]
DOCUMENT = "document"  # the kind of root that notify keeps for a document
PAGE_SIZE = 20


@console.get("/inbox")
def inbox() -> str:
    """A page of the documents of my organisation, the last changed first, with the most urgent of its running clocks."""
    who, after = acting(), cursor()
    result: Row = {"items": [], "next": None, "total": 0, "more": False}
    if DOCUMENT in kinds():
        query = {"size": PAGE_SIZE, **({"after": after} if after else {})}
        result = operations.search(services(), DOCUMENT, query, who)
    duties = composition.duties(services(), who, size=MOST)
    calls = [(kinds()[DOCUMENT]["service"], "get", {"id": item["id"]}) for item in result["items"]]
    views = services().call_each(calls, who)
    letters = [
        _document_row(item, view, who, duties["items"]) for item, view in zip(result["items"], views, strict=True)
    ]
    away = {*duties["away"], *(call[0] for call, view in zip(calls, views, strict=True) if isinstance(view, Away))}
    return render_template(
        "console/inbox.html", letters=letters, result=result, after=after, further=duties["next"],
        away=in_order(away),
    )  # fmt: skip


def _document_row(item: Row, view: Value | Refusal | Away, who: Acting, duties: list[Row]) -> Row:
    """A document as the page lists it: its files, when it was served, whether we filed it, the clocks it started.

    A clock counts from the day of service: of this dossier, the clocks that began on that day are this document's.
    A document that its service refuses or cannot give now is listed without these.
    """
    body = (view.get("body") or {}) if isinstance(view, dict) else {}
    issuer, service = body.get("issuer"), body.get("service")
    served = service.get("served_on") if isinstance(service, dict) else None
    return {
        **item,
        "files": list(files_of(body)),
        "mine": isinstance(issuer, dict) and issuer.get("id") in who.organisations,
        "served_on": served,
        "signed_on": body.get("signed_on"),
        "clocks": [
            duty
            for duty in duties
            if served and duty.get("clock") and duty["dossier"] == item["dossier"] and duty.get("start_on") == served
        ],
    }
