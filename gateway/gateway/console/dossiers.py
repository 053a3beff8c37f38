"""The page of a matter: what belongs to it, and the newest entries of its journal. The rest is loaded later (dossier_fragments)."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from chassis.client import Away
from chassis.core.errors import Refusal
from gateway import composition, operations
from gateway.console.blueprints import console
from gateway.console.display_names import load_names, remember_roots
from gateway.console.sections import COURSE_ENTRIES, closed, opened, people_of, section, with_acts
from gateway.console.service_calls import acts_by_root, in_order, kinds, services
from gateway.console.session import acting
from gateway.services import kind_of

Row = dict[str, Any]
ROOTS = 50  # list rows of one matter that are read at once
ROOTS_LEAST = 10  # roots, beside documents, that a page shows where there are so many
PAGES_MOST = 3  # how often list rows or entries are read for one page
EAGER = 3  # roots that are read right after the page, beside the one that it shows open
ENTRIES = 20  # entries of the timeline at once
ENTRIES_LEAST = 10
DOCUMENT = "document"  # documents have a list of their own on the page


@console.get("/dossiers/<dossier>")
def dossier(dossier: str) -> str:
    """One matter: its first root open, the others by their list rows, the newest entries of all."""
    matter = read_roots(dossier)
    sections = sections_of(matter["items"])
    only_documents = bool(sections) and sections[0]["view"]["kind"] == DOCUMENT
    timeline = read_entries(dossier, with_documents=only_documents)
    missing = {*matter["away"], *timeline["away"]}
    if sections:
        first = sections[0]
        try:
            sections[0] = opened(first["view"]["kind"], first["view"]["id"])
        except (Away, Refusal):
            missing.add(first["row"]["service"])
    return render_template(
        "console/dossier.html", dossier=dossier, sections=sections, further=matter["next"], eager=EAGER,
        entries=timeline["items"], older=timeline["older"], done=_done(timeline["items"]), away=in_order(missing),
    )  # fmt: skip


@console.get("/roots/<kind>/<id>")
def root(kind: str, id: str) -> ResponseReturnValue:
    """One root: its dossier's page at its place, or a page of its own where it has no dossier."""
    view = operations.root(services(), kind, id, acting())
    if view.get("dossier") and not request.args.get("alone"):
        outcome: Row = {name: request.args[name] for name in ("done", "draft") if name in request.args}
        return redirect(url_for("console.dossier", dossier=view["dossier"], **outcome) + f"#{id}")
    return _alone(view)


@console.post("/roots/<kind>/<id>/reveal")
def reveal(kind: str, id: str) -> str:
    """A root with the marked fields that I may see opened; the service that holds them records the reading."""
    return _alone(operations.root(services(), kind, id, acting(), reveal=True))


def _alone(view: Row) -> str:
    """The page of one root with all that is on file; the acts open on it are read with it, without their choices."""
    kind, id, who = view["kind"], view["id"], acting()
    course = operations.journal(services(), kind, id, {"newest": True, "size": COURSE_ENTRIES}, who)
    timeline = operations.journal(services(), kind, id, {"newest": True, "size": ENTRIES}, who)
    shown, (offered, away) = section(view, course), acts_by_root([view])
    papers = [
        {**(paper if isinstance(paper, dict) else {"id": str(paper)}), "at": entry["at"]}
        for entry in course["items"]
        for paper in entry.get("documents") or []
    ]
    remember_roots([view])
    load_names(people_of(timeline["items"]))
    return render_template(
        "console/dossier.html", dossier="", sections=[shown], acts=[with_acts(view, offered.get(id, []))], papers=papers,
        entries=timeline["items"], older=older_of_root(view, timeline["next"]), done=_done(timeline["items"]),
        away=in_order(away), alone=True,
    )  # fmt: skip


def read_roots(dossier: str, after: str | None = None) -> Row:
    """The list rows of a matter: a page, and further ones where documents take up most of it."""
    matter = composition.dossier(services(), dossier, acting(), after=after, size=ROOTS)
    for _ in range(PAGES_MOST - 1):
        if matter["next"] is None or sum(item["kind"] != DOCUMENT for item in matter["items"]) >= ROOTS_LEAST:
            break
        further = composition.dossier(services(), dossier, acting(), after=matter["next"], size=ROOTS)
        items, away = [*matter["items"], *further["items"]], in_order({*matter["away"], *further["away"]})
        matter = {**further, "items": items, "away": away}
    return matter


def sections_of(items: list[Row]) -> list[Row]:
    """The roots of a page of a matter by their list rows: those that acts touched most often first, then the oldest.

    Documents are left out where there is anything else: they have a list of their own.
    """
    known = [item for item in items if item["kind"] in kinds()]
    remember_roots(known)
    shown = [item for item in known if item["kind"] != DOCUMENT] or known
    ordered = sorted(shown, key=lambda item: (-int(item["version"]), str(item.get("opened_at") or "")))
    return [closed(item) for item in ordered]


def read_entries(dossier: str, after: str | None = None, with_documents: bool = False) -> Row:
    """A page of a matter's newest entries, and the address of the `older` ones, or None.

    The steps of documents are left out, unless there is nothing else; where they take up most of a page, further ones
    are read.
    """
    items, away = list[Row](), set[str]()
    for _ in range(PAGES_MOST):
        page = composition.journal(services(), dossier, acting(), newest=True, after=after, size=ENTRIES)
        items += [entry for entry in page["items"] if with_documents or entry["root_kind"] != DOCUMENT]
        away.update(page["away"])
        after = page["next"]
        if after is None or len(items) >= ENTRIES_LEAST:
            break
    load_names(people_of(items))
    documents = 1 if with_documents else None
    older = url_for("console.timeline", dossier=dossier, after=after, documents=documents) if after else None
    return {"items": items, "older": older, "away": in_order(away)}


def older_of_root(view: Row, after: str | None) -> str | None:
    """The address of the entries of a root that come after those shown, or None."""
    return url_for("console.root_timeline", kind=view["kind"], id=view["id"], after=after) if after else None


def _done(entries: list[Row]) -> Row | None:
    """The journal row of the act just performed, which the page's address names (`?done=<root>:<number>`)."""
    root, _, seq = request.args.get("done", "").rpartition(":")
    if not seq.isdecimal():
        return None
    known = next((entry for entry in entries if entry["root"] == root and str(entry["seq"]) == seq), None)
    if known is not None:
        return known
    try:
        page = operations.journal(services(), kind_of(root), root, {"seq": int(seq[:9])}, acting())
    except (Away, Refusal):
        return None
    return next(iter(page["items"]), None)
