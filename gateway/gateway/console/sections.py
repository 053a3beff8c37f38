"""A root as the page of its matter shows it: closed by its list row, open with its course, clocks, drafts, parts and parties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from gateway import operations
from gateway.console.course import course_of
from gateway.console.display_names import load_names
from gateway.console.service_calls import actor_texts, kind_row, services
from gateway.console.session import acting

Row = dict[str, Any]
COURSE_ENTRIES = 200  # the newest entries of a root, from which its course is drawn
CORRECTING = ("correct", "withdraw", "void", "revoke", "undo", "cancel", "amend")


def closed(item: Row) -> Row:
    """A root of which only the list row is known."""
    return {"view": item, "row": kind_row(item["kind"], item.get("regime")), "ended": bool(item.get("final"))}


def opened(kind: str, id: str, reveal: bool = False) -> Row:
    """A root with all that its page shows of it. Raises as `operations.root`."""
    view = operations.root(services(), kind, id, acting(), reveal)
    query = {"newest": True, "size": COURSE_ENTRIES}
    return section(view, operations.journal(services(), kind, id, query, acting()))


def section(view: Row, journal: Row) -> Row:
    """A root that has been read, with a page of its newest entries."""
    row = kind_row(view["kind"], view.get("regime"))
    load_names(_people(view))
    return {
        "view": view,
        "row": row,
        "whole": True,
        "entries": journal["items"],
        "course": course_of(view["kind"], row, view, journal["items"], begins_later=journal["next"] is not None),
        "parties": parties_of(view),
        "drafts": [draft for draft in view.get("drafts") or [] if draft["state"] == "open"],
        "sealed": is_sealed(view.get("body")),
        "ended": bool(view.get("final")),
        "pressing": any(clock["state"] == "running" for clock in view.get("clocks") or []),
    }


def with_acts(view: Row, offered: Iterable[Row]) -> Row:
    """A root with the acts that are open on it: those that may be done now, those that wait for a condition, corrections."""
    row = kind_row(view["kind"], view.get("regime"))
    acts = [{**act, "part_texts": _part_texts(view, row, act.get("part"))} for act in offered]
    correcting = [act for act in acts if _corrects(act["act"])]
    return {
        "view": view,
        "row": row,
        "acts": [act for act in acts if act not in correcting and not act.get("unmet")],
        "waiting": [act for act in acts if act not in correcting and act.get("unmet")],
        "corrections": correcting,
        "drafts": [draft for draft in view.get("drafts") or [] if draft["state"] == "open"],
    }


def parties_of(view: Row) -> list[Row]:
    """The parties of a root, each once, with what they are called."""
    texts = actor_texts(view["kind"], view.get("regime"))
    seen: dict[tuple[str, str], Row] = {}
    for row in view.get("parties") or []:
        name = texts.get(row["name"]) or {"zh": row["name"], "en": row["name"]}
        seen.setdefault((row["name"], row["who"]), {**name, "who": row["who"]})
    return list(seen.values())


def people_of(entries: Iterable[Row]) -> Iterator[str]:
    """The ids of people and organisations that journal entries name."""
    for entry in entries:
        actor = entry.get("actor") or {}
        yield from (str(actor[key]) for key in ("person", "organisation") if actor.get(key))


def is_sealed(value: Any) -> bool:
    """Whether a value holds something marked that this person may have opened."""
    if isinstance(value, dict):
        return bool(value.get("may_reveal")) or any(is_sealed(inner) for inner in value.values())
    return isinstance(value, list) and any(is_sealed(inner) for inner in value)


def _people(view: Row) -> Iterator[str]:
    yield from (str(party["who"]) for party in view.get("parties") or [])
    yield from (str(draft["drafter"]) for draft in view.get("drafts") or [])


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


def _corrects(act: str) -> bool:
    """Whether an act's name says that it corrects an earlier one; such acts have a section of their own on the page."""
    return act.split("-")[0] in CORRECTING and not act.endswith("-draft")
