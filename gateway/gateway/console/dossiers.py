"""The dossier page: every root of one matter side by side, its timeline, clocks, documents, and the acts open to me."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import matters
from gateway.console.asking import actor_texts, acts_of_all, kind_row, kinds, names, remember, services
from gateway.console.blueprints import console
from gateway.console.course import course_of
from gateway.console.files import files_of
from gateway.console.session import acting

Row = dict[str, Any]
ASKED_FOR_ACTS = 24  # roots of one dossier whose acts are asked at once; the page of a root asks for its own
PDF = "application/pdf"
DOCUMENT = "document"  # papers stand in a list of their own
RECENT = 20  # rows of the timeline shown unfolded
CORRECTING = ("correct", "withdraw", "void", "revoke", "undo", "cancel", "amend")


@console.get("/dossiers/<dossier>")
def dossier(dossier: str) -> str:
    """One matter, composed of what the services hold of it."""
    found = matters.dossier(services(), dossier, acting())
    return _page(found["roots"], found["timeline"], found.get("documents", []), found["away"], dossier=dossier)


@console.get("/roots/<kind>/<id>")
def root(kind: str, id: str) -> ResponseReturnValue:
    """One root: its dossier's page at its place, or a page of its own where it has no dossier."""
    view = matters.root(services(), kind, id, acting())
    if view.get("dossier") and not request.args.get("alone"):
        told = {name: request.args[name] for name in ("done", "draft") if name in request.args}
        return redirect(url_for("console.dossier", dossier=view["dossier"], **told) + f"#{id}")
    timeline = matters.journal(services(), kind, id, acting())
    documents = [document for entry in timeline for document in entry.get("documents") or []]
    return _page([view], timeline, documents, [], dossier="")


@console.post("/roots/<kind>/<id>/reveal")
def reveal(kind: str, id: str) -> str:
    """A root with the marked fields that I may see opened; the service that holds them records the reading."""
    service = services().service_of(kind)
    view = services().call(service, "get", {"id": matters.of_kind(kind, id), "reveal": True}, acting())
    timeline = matters.journal(services(), kind, id, acting())
    return _page([view], timeline, [], [], dossier="")


def _page(roots: list[Row], timeline: list[Row], documents: list[Row], away: list[str], dossier: str) -> str:
    known = kinds()
    shown = [view for view in roots if view["kind"] in known]
    ordered = _ordered([view for view in shown if view["kind"] != DOCUMENT or len(shown) == 1], timeline)
    asked = [view for view in ordered if len(ordered) == 1 or not view.get("final")][:ASKED_FOR_ACTS]
    offered = acts_of_all(asked)
    names(_people(timeline, shown))
    remember(shown)
    sections = [_section(view, timeline, offered.get(view["id"], [])) for view in ordered]
    told = [entry for entry in _by_time(timeline) if entry["root_kind"] != DOCUMENT or len(shown) == 1]
    return render_template(
        "console/dossier.html", dossier=dossier, sections=sections, timeline=told, recent=RECENT, away=away,
        papers=[_paper(paper, shown) for paper in documents], done=_done(timeline), draft=request.args.get("draft", ""), kinds=known,
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
    """What to call the part an act addresses: its kind, and which of its kind it is where there are several."""
    found = next((one for one in view.get("parts") or [] if one["id"] == part), None)
    if found is None:
        return None
    texts = row["parts"].get(found["kind"]) or {"zh": found["kind"], "en": found["kind"]}
    same = [one["id"] for one in view["parts"] if one["kind"] == found["kind"]]
    place = f" {same.index(found['id']) + 1}" if len(same) > 1 else ""
    return {"zh": texts["zh"] + place, "en": texts["en"] + place}


def _paper(paper: Any, roots: list[Row]) -> Row:
    """A document as the page lists it: whether its own root can be seen here, and its file where it has one."""
    found = dict(paper) if isinstance(paper, dict) else {"id": str(paper)}
    found["id"] = str(found.get("id") or found.get("document") or "")
    view = next((view for view in roots if view["id"] == found["id"]), None)
    file = next((file for file in files_of((view or {}).get("body")) if file["media_type"] == PDF), None)
    return {**found, "kind": view["kind"] if view else "", "seen": view is not None, "file": file}


def _sealed(value: Any) -> bool:
    """Whether a value holds something marked that this person may have opened."""
    if isinstance(value, dict):
        return bool(value.get("may_reveal")) or any(_sealed(inner) for inner in value.values())
    return isinstance(value, list) and any(_sealed(inner) for inner in value)


def _corrects(act: str) -> bool:
    """Whether an act's name says that it puts an earlier one right; such acts stand apart on the page."""
    return act.split("-")[0] in CORRECTING and not act.endswith("-draft")


def _ordered(roots: list[Row], timeline: list[Row]) -> list[Row]:
    """The heart of the matter first: the root on which most was done."""
    done = Counter(entry["root"] for entry in timeline)
    return sorted(roots, key=lambda view: (-done[view["id"]], str(view.get("opened_at") or "")))


def _by_time(timeline: list[Row]) -> list[Row]:
    return sorted(timeline, key=lambda entry: (str(entry["at"]), int(entry["seq"])), reverse=True)


def _done(timeline: list[Row]) -> Row | None:
    """The journal row of the act just performed: the page after a form is told its root and number."""
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
        found = texts.get(row["name"]) or {"zh": row["name"], "en": row["name"]}
        seen.setdefault((row["name"], row["who"]), {**found, "who": row["who"]})
    return list(seen.values())
