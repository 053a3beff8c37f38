"""What the page of a matter loads later: its older entries, a root when it is opened, documents, the acts open to me."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext

from chassis.client import Away
from chassis.core.errors import Refusal
from gateway import operations
from gateway.console.blueprints import console
from gateway.console.display_names import load_names, remember_named
from gateway.console.dossiers import DOCUMENT, ENTRIES, older_of_root, read_entries, read_roots, sections_of
from gateway.console.files import files_of
from gateway.console.fragments import fragment, shows_faults
from gateway.console.localisation import localised
from gateway.console.query_parameters import cursor
from gateway.console.sections import is_sealed, opened, people_of, with_acts
from gateway.console.service_calls import acts_by_root, in_order, kind_row, kinds, services
from gateway.console.session import acting

Row = dict[str, Any]
ROOTS_WITH_ACTS = 24  # roots of one matter whose open acts are read at once; the page of a root reads its own
DOCUMENTS = 20  # documents at once
PDF = "application/pdf"


@console.get("/dossiers/<dossier>/roots")
@shows_faults
def more_roots(dossier: str) -> str:
    """Further roots of a matter, by their list rows."""
    matter = read_roots(dossier, cursor())
    return fragment(
        "console/_roots.html", gettext("What belongs to this matter"), dossier=dossier, eager=0,
        sections=sections_of(matter["items"]), further=matter["next"], away=matter["away"],
    )  # fmt: skip


@console.get("/roots/<kind>/<id>/section")
@shows_faults
def root_section(kind: str, id: str) -> str:
    """A root with its course and clocks; it stands open when it was asked for (`?open=`), or a period runs."""
    one = opened(kind, id)
    stands_open = bool(request.args.get("open")) or one["pressing"]
    return fragment("console/_section.html", localised(one["row"]), one=one, stands_open=stands_open)


@console.get("/roots/<kind>/<id>/on-file")
@shows_faults
def on_file(kind: str, id: str) -> str:
    """What is on file of a root: its body and its parts."""
    view = operations.root(services(), kind, id, acting())
    remember_named([view.get("body"), [part.get("body") for part in view.get("parts") or []]])
    row = kind_row(kind, view.get("regime"))
    one = {"view": view, "row": row, "sealed": is_sealed(view.get("body"))}
    return fragment("console/_on_file.html", localised(row), one=one)


@console.get("/dossiers/<dossier>/timeline")
@shows_faults
def timeline(dossier: str) -> str:
    """Older entries of a matter."""
    page = read_entries(dossier, cursor(), with_documents=bool(request.args.get("documents")))
    return fragment(
        "console/_timeline.html",
        gettext("Timeline"),
        entries=page["items"],
        older=page["older"],
        done=None,
        away=page["away"],
    )


@console.get("/roots/<kind>/<id>/timeline")
@shows_faults
def root_timeline(kind: str, id: str) -> str:
    """Older entries of a root."""
    query = {"newest": True, "size": ENTRIES, "after": cursor()}
    page = operations.journal(services(), kind, id, query, acting())
    load_names(people_of(page["items"]))
    older = older_of_root({"kind": kind, "id": id}, page["next"])
    return fragment(
        "console/_timeline.html", gettext("Timeline"), entries=page["items"], older=older, done=None, away=[]
    )


@console.get("/roots/<kind>/<id>/entries/<int:seq>")
@shows_faults
def entry(kind: str, id: str, seq: int) -> str:
    """What was entered with one entry of a root's journal."""
    page = operations.journal(services(), kind, id, {"seq": min(seq, 2**31)}, acting())
    if not page["items"]:
        raise Refusal("not-found", root=id)
    remember_named(page["items"][0].get("data"))
    return fragment("console/_entry.html", localised(page["items"][0]), entry=page["items"][0])


@console.get("/dossiers/<dossier>/acts")
@shows_faults
def dossier_acts(dossier: str) -> str:
    """The acts open to me on the roots of a matter, and its drafts that wait for me."""
    matter = read_roots(dossier)
    items = [one["view"] for one in sections_of(matter["items"]) if len(matter["items"]) == 1 or not one["ended"]]
    items = items[:ROOTS_WITH_ACTS]
    calls = [(kinds()[item["kind"]]["service"], "get", {"id": item["id"]}) for item in items]
    views = services().call_each(calls, acting())
    offered, away = acts_by_root(items)
    acts = [
        with_acts({**item, **(view if isinstance(view, dict) else {})}, offered.get(item["id"], []))
        for item, view in zip(items, views, strict=True)
    ]
    away |= {call[0] for call, view in zip(calls, views, strict=True) if isinstance(view, Away)}
    return fragment("console/_acts.html", gettext("Open to me now"), acts=acts, away=in_order({*away, *matter["away"]}))


@console.get("/dossiers/<dossier>/documents")
@shows_faults
def dossier_documents(dossier: str) -> str:
    """A page of the documents of a matter, the last changed first, each with its file."""
    after = cursor()
    query = {"dossier": dossier, "size": DOCUMENTS, **({"after": after} if after else {})}
    result = operations.search(services(), DOCUMENT, query, acting())
    calls = [(services().service_of(DOCUMENT), "get", {"id": item["id"]}) for item in result["items"]]
    views = services().call_each(calls, acting())
    papers = [_paper(item, view) for item, view in zip(result["items"], views, strict=True)]
    return fragment(
        "console/_papers.html", gettext("Documents"), papers=papers, dossier=dossier, further=result["next"]
    )


def _paper(item: Row, view: Any) -> Row:
    """A document as the page lists it: with its file where it has one and can be read."""
    body = view.get("body") if isinstance(view, dict) else None
    file = next((file for file in files_of(body) if file["media_type"] == PDF), None)
    signed = body.get("signed_on") if isinstance(body, dict) else None
    return {**item, "seen": True, "file": file, "at": signed or item.get("opened_at")}
