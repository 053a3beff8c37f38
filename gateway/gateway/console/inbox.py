"""收件箱: the documents served to my organisation and those it filed, each with the running clocks that its arrival started."""

from __future__ import annotations

from typing import Any

from flask import render_template

from gateway import matters
from gateway.console.asking import kinds, page_number, services
from gateway.console.blueprints import console
from gateway.console.files import files_of
from gateway.console.session import acting
from gateway.identity import Acting

Row = dict[str, Any]
DOCUMENT = "document"  # the kind of root that notify keeps for a paper
PAGE_SIZE = 20


@console.get("/inbox")
def inbox() -> str:
    """The papers of my organisation, what changed last first."""
    who = acting()
    page = page_number()
    found: Row = {"items": [], "total": 0}
    if DOCUMENT in kinds():
        found = matters.search(services(), DOCUMENT, {"page": page, "size": PAGE_SIZE}, who)
    duties = matters.duties(services(), who)
    asked = [(kinds()[DOCUMENT]["service"], "get", {"id": item["id"]}) for item in found["items"]]
    views = services().call_each(asked, who)
    letters = [_letter(item, view, who, duties["items"]) for item, view in zip(found["items"], views, strict=True)]
    last = max(1, -(-int(found["total"]) // PAGE_SIZE))
    return render_template(
        "console/inbox.html", letters=letters, away=duties["away"], page=page, last=last, kinds=kinds()
    )


def _letter(item: Row, view: Row | None, who: Acting, duties: list[Row]) -> Row:
    """A document as the inbox lists it: its files, when it was served, whether we filed it, the clocks it started.

    A clock counts from the day of service: of this dossier, the clocks that began on that day are this paper's.
    """
    body = (view or {}).get("body") or {}
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
