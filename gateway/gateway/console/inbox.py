"""收件箱: the documents served to my organisation, with the clocks that run in their matters."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from gateway import matters
from gateway.console.asking import kinds, services
from gateway.console.blueprints import console
from gateway.console.files import files_of
from gateway.console.session import acting
from gateway.identity import Acting

DOCUMENT = "document"  # the kind of root that notify keeps for a paper
PAGE_SIZE = 20


@console.get("/inbox")
def inbox() -> str:
    """Documents for my organisation, the newest first; each with the running clocks and duties of its dossier."""
    who = acting()
    page = max(1, request.args.get("page", 1, type=int))
    found: dict[str, Any] = {"items": [], "total": 0}
    if DOCUMENT in kinds():
        found = matters.search(services(), DOCUMENT, {"page": page, "size": PAGE_SIZE}, who)
    asked = [(kinds()[DOCUMENT]["service"], "get", {"id": item["id"]}) for item in found["items"]]
    letters = [
        _letter(item, view, who) for item, view in zip(found["items"], services().call_each(asked, who), strict=True)
    ]
    duties = matters.duties(services(), who)
    clocks: dict[str, list[dict[str, Any]]] = {}
    for item in duties["items"]:
        if item.get("dossier") and item.get("clock"):
            clocks.setdefault(item["dossier"], []).append(item)
    last = max(1, -(-int(found["total"]) // PAGE_SIZE))
    return render_template(
        "console/inbox.html", letters=letters, clocks=clocks, away=duties["away"], page=page, last=last, kinds=kinds()
    )


def _letter(item: dict[str, Any], view: dict[str, Any] | None, who: Acting) -> dict[str, Any]:
    """A document as the inbox lists it: its file where it has one, and whether we filed it ourselves."""
    body = (view or {}).get("body") or {}
    issuer = body.get("issuer")
    mine = isinstance(issuer, dict) and issuer.get("id") in who.organisations
    return {**item, "file": next(files_of(body), None), "mine": mine}
