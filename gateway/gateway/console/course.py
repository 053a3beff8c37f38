"""The course of a root as its page draws it: the states it has passed with their dates, its present state, its possible next states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
NEXT_SHOWN = 5


@dataclass
class Step:
    """One state of the course; `status` is done, current, ended or next; `by` is the act that leads to it."""

    state: str
    zh: str
    en: str
    status: str
    at: str = ""
    by: Row | None = None


@dataclass
class Course:
    """The states so far (`steps`) and the possible next ones (`onward`); `begins_later` when earlier ones are not drawn."""

    begins_later: bool = False
    steps: list[Step] = field(default_factory=list)
    onward: list[Step] = field(default_factory=list)


def course_of(kind: str, row: Row, root: Row, journal: Iterable[Row], begins_later: bool = False) -> Course:
    """Draw a root's course from its kind's description, its present state and its journal rows (any order)."""
    course = Course(begins_later)
    for entry in sorted(journal, key=lambda entry: int(entry["seq"])):
        reached = _reached(entry, kind, row)
        if reached and (not course.steps or course.steps[-1].state != reached):
            course.steps.append(_step(row, reached, "done", str(entry["at"]), entry))
    state = str(root["state"])
    if not course.steps or course.steps[-1].state != state:
        course.steps.append(_step(row, state, "current"))
    course.steps[-1].status = "ended" if state in row.get("final", ()) else "current"
    if state not in row.get("final", ()):
        course.onward = _onward(kind, row, state)
    return course


def _step(row: Row, state: str, status: str, at: str = "", by: Row | None = None) -> Step:
    texts = row.get("states", {}).get(state) or {}
    return Step(state, str(texts.get("zh") or state), str(texts.get("en") or state), status, at, by)


def _reached(entry: Row, kind: str, row: Row) -> str:
    """The state of the root that a journal row led to, or nothing when it moved only a part."""
    to = entry.get("to")
    if isinstance(to, Mapping):
        return str(to.get(kind) or "")
    return str(to) if to in row.get("states", {}) else ""


def _onward(kind: str, row: Row, state: str) -> list[Step]:
    """The states that acts lead to from here, in the order of the rulebook, each with the act that does."""
    steps: dict[str, Step] = {}
    for name, act in row.get("acts", {}).items():
        if act.get("new") or not _leads_from(act, kind, state, row):
            continue
        for target in _targets(act.get("to"), kind, row):
            if target != state and target not in steps:
                steps[target] = _step(row, target, "next", by={"act": name, **act})
    return list(steps.values())[:NEXT_SHOWN]


def _leads_from(act: Row, kind: str, state: str, row: Row) -> bool:
    source = act.get("from")
    if isinstance(source, Mapping):
        source = source.get(kind)
    if source is None or source == "any":
        return isinstance(act.get("from"), Mapping) and kind in act["from"]
    return state in (source if isinstance(source, list) else [source])


def _targets(to: Any, kind: str, row: Row) -> list[str]:
    """Every state of this root in what a description says of `to`, however deep it stands."""
    if isinstance(to, str):
        return [to] if to in row.get("states", {}) else []
    if isinstance(to, list):
        return [state for inner in to for state in _targets(inner, kind, row)]
    if isinstance(to, Mapping):
        own = [to[kind]] if isinstance(to.get(kind), str) else []
        inner = [] if own else [v for k, v in to.items() if k not in row.get("parts", {})]
        return [*own, *(state for value in inner for state in _targets(value, kind, row))]
    return []
