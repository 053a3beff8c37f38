"""The dossier page: every root of one dossier side by side, its timeline, clocks, documents, and the acts open to me."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import composition, operations
from gateway.console.blueprints import console
from gateway.console.course import course_of
from gateway.console.display_names import load_names, remember_roots
from gateway.console.files import files_of
from gateway.console.service_calls import actor_texts, acts_by_root, kind_row, kinds, services
from gateway.console.session import acting

Row = dict[str, Any]
ROOTS_WITH_ACTS = 24  # roots of one dossier whose open acts are read at once; the page of a root reads its own
PDF = "application/pdf"
DOCUMENT = "document"  # documents have a list of their own on the page
RECENT = 20  # rows of the timeline shown unfolded
CORRECTING = ("correct", "withdraw", "void", "revoke", "undo", "cancel", "amend")


@console.get("/dossiers/<dossier>")
def dossier(dossier: str) -> str:
    """One dossier, composed of what the services hold of it."""
    result = composition.dossier(services(), dossier, acting())
    return _page(result["roots"], result["timeline"], result.get("documents", []), result["away"], dossier=dossier)


@console.get("/roots/<kind>/<id>")
def root(kind: str, id: str) -> ResponseReturnValue:
    """One root: its dossier's page at its place, or a page of its own where it has no dossier."""
    view = operations.root(services(), kind, id, acting())
    if view.get("dossier") and not request.args.get("alone"):
        outcome: Row = {name: request.args[name] for name in ("done", "draft") if name in request.args}
        return redirect(url_for("console.dossier", dossier=view["dossier"], **outcome) + f"#{id}")
    timeline = operations.journal(services(), kind, id, acting())
    documents = [document for entry in timeline for document in entry.get("documents") or []]
    return _page([view], timeline, documents, [], dossier="")


@console.post("/roots/<kind>/<id>/reveal")
def reveal(kind: str, id: str) -> str:
    """A root with the marked fields that I may see opened; the service that holds them records the reading."""
    service = services().service_of(kind)
    view = services().call(service, "get", {"id": operations.checked_id(kind, id), "reveal": True}, acting())
    timeline = operations.journal(services(), kind, id, acting())
    return _page([view], timeline, [], [], dossier="")


def _page(roots: list[Row], timeline: list[Row], documents: list[Row], away: list[str], dossier: str) -> str:
    described = kinds()
    shown = [view for view in roots if view["kind"] in described]
    ordered = _ordered([view for view in shown if view["kind"] != DOCUMENT or len(shown) == 1], timeline)
    active = [view for view in ordered if len(ordered) == 1 or not view.get("final")]
    offered = acts_by_root(active[:ROOTS_WITH_ACTS])
    load_names(_people(timeline, shown))
    remember_roots(shown)
    sections = [_section(view, timeline, offered.get(view["id"], [])) for view in ordered]
    entries = [entry for entry in _by_time(timeline) if entry["root_kind"] != DOCUMENT or len(shown) == 1]
    return render_template(
        "console/dossier.html", dossier=dossier, sections=sections, timeline=entries, recent=RECENT, away=away,
        papers=[_document_row(document, shown) for document in documents], done=_done(timeline), draft=request.args.get("draft", ""), kinds=described,
    )  # fmt: skip


def _section(view: Row, timeline: list[Row], offered: list[Row]) -> Row:
    """A root as the page shows it."""
    row = kind_row(view["kind"])
    own = [entry for entry in timeline if entry["root"] == view["id"]]
    offered = [{**act, "part_texts": _part_texts(view, row, act.get("part"))} for act in offered]
    correcting = [act for act in offered if _corrects(act["act"])]
    return {
        "view": view,
        "row": row,
        "course": course_of(view["kind"], row, view, own),
        "acts": [act for act in offered if act not in correcting and not act.get("unmet")],
        "waiting": [act for act in offered if act not in correcting and act.get("unmet")],
        "corrections": correcting,
        "parties": parties_of(view),
        "drafts": [draft for draft in view.get("drafts") or [] if draft["state"] == "open"],
        "sealed": _sealed(view.get("body")),
        "ended": bool(view.get("final")),
        "pressing": any(clock["state"] == "running" for clock in view.get("clocks") or []) or bool(offered),
    }


def _part_texts(view: Row, row: Row, part: str | None) -> Row | None:
    """What to call the part an act addresses: its kind, and its number where there are several of its kind."""
    addressed = next((one for one in view.get("parts") or [] if one["id"] == part), None)
    if addressed is None:
        return None
    kind = addressed["kind"]
    texts = row["parts"].get(kind) or {"zh": kind, "en": kind}
    same = [one["id"] for one in view["parts"] if one["kind"] == kind]
    number = f" {same.index(addressed['id']) + 1}" if len(same) > 1 else ""
    return {"zh": texts["zh"] + number, "en": texts["en"] + number}


def _document_row(document: Any, roots: list[Row]) -> Row:
    """A document as the page lists it: whether its own root can be seen here, and its file where it has one."""
    row = dict(document) if isinstance(document, dict) else {"id": str(document)}
    row["id"] = str(row.get("id") or row.get("document") or "")
    view = next((view for view in roots if view["id"] == row["id"]), None)
    file = next((file for file in files_of((view or {}).get("body")) if file["media_type"] == PDF), None)
    return {**row, "kind": view["kind"] if view else "", "seen": view is not None, "file": file}


def _sealed(value: Any) -> bool:
    """Whether a value holds something marked that this person may have opened."""
    if isinstance(value, dict):
        return bool(value.get("may_reveal")) or any(_sealed(inner) for inner in value.values())
    return isinstance(value, list) and any(_sealed(inner) for inner in value)


def _corrects(act: str) -> bool:
    """Whether an act's name says that it corrects an earlier one; such acts have a section of their own on the page."""
    return act.split("-")[0] in CORRECTING and not act.endswith("-draft")


def _ordered(roots: list[Row], timeline: list[Row]) -> list[Row]:
    """The roots by the number of their journal rows, the most first, then by the time of opening."""
    done = Counter(entry["root"] for entry in timeline)
    return sorted(roots, key=lambda view: (-done[view["id"]], str(view.get("opened_at") or "")))


def _by_time(timeline: list[Row]) -> list[Row]:
    return sorted(timeline, key=lambda entry: (str(entry["at"]), int(entry["seq"])), reverse=True)


def _done(timeline: list[Row]) -> Row | None:
    """The journal row of the act just performed, which the page's address names (`?done=<root>:<number>`)."""
    root, _, seq = request.args.get("done", "").rpartition(":")
    return next((entry for entry in timeline if entry["root"] == root and str(entry["seq"]) == seq), None)


def _people(timeline: list[Row], roots: list[Row]) -> Iterator[str]:
    """The ids of people and organisations that the page names."""
    for entry in timeline:
        actor = entry.get("actor") or {}
        yield from (str(actor[key]) for key in ("person", "organisation") if actor.get(key))
        yield from (
            str(document["addressee"]) for document in entry.get("documents") or [] if document.get("addressee")
        )
    for view in roots:
        yield from (str(party["who"]) for party in view.get("parties") or [])
        yield from (str(draft["drafter"]) for draft in view.get("drafts") or [])


def parties_of(view: Row) -> list[Row]:
    """The parties of a root, each once, with what they are called."""
    texts = actor_texts(view["kind"])
    seen: dict[tuple[str, str], Row] = {}
    for row in view.get("parties") or []:
        name = texts.get(row["name"]) or {"zh": row["name"], "en": row["name"]}
        seen.setdefault((row["name"], row["who"]), {**name, "who": row["who"]})
    return list(seen.values())
