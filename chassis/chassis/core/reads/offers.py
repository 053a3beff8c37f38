"""What an actor may do now: on a root, or to open one."""

from collections.abc import Mapping
from typing import Any

from chassis.core.acts.availability import may_now
from chassis.core.acts.moment import moment_of
from chassis.core.dates.times import iso, today
from chassis.core.errors import Refusal
from chassis.core.reads.view import Json, View
from chassis.core.rulebook.model import ActRule, Rulebook
from chassis.core.storage import roots
from chassis.core.storage.roots import Loaded, Part
from chassis.core.trust.access import may_act


def acts(view: View, request: Mapping[str, Any]) -> list[Json]:
    """Return the acts that the actor may do: on the root `id`, or those that open a root of `kind` (or of any kind).

    With `act` only that one. The choices of the moment are computed where `choices` is true, or an `act` is named and
    `choices` is not false: they may cost queries of their own.
    """
    named = request.get("act")
    with_choices = bool(request.get("choices", named is not None))
    if request.get("id"):
        loaded = roots.load(view.connection, str(request["id"]), lock=False)
        view.require_visible(loaded)
        book = view.book(loaded.root)
        rules = [act for act in book.kinds[loaded.root.kind].acts.values() if not act.new and named in (None, act.name)]
        return [offer for act in rules for offer in _offers(view, book, act, loaded, with_choices)]
    book = view.registry.in_force(today(view.now))
    names = [str(request["kind"])] if request.get("kind") else list(book.kinds)
    if any(not view.registry.has_kind(name) for name in names):
        raise Refusal("not-found", kind=request.get("kind"))
    return [
        _offer(view, book, act, None, None, with_choices)
        for name in names
        if name in book.kinds
        for act in book.kinds[name].acts.values()
        if act.new and named in (None, act.name) and _may_open(view, book, act)
    ]


def _may_open(view: View, book: Rulebook, act: ActRule) -> bool:
    return any(may_act(book.actors[who], view.actor, (), view.settings) for who in act.by)


def _offers(view: View, book: Rulebook, act: ActRule, loaded: Loaded, with_choices: bool) -> list[Json]:
    """Return an act as often as it may be done now: once on the root, or on each part that allows it."""
    parts: list[Part | None] = [part for part in loaded.parts if part.kind == act.on] if act.on else [None]
    return [
        _offer(view, book, act, loaded, part, with_choices)
        for part in parts
        if may_now(book, act, loaded, part, view.actor, view.now, view.clocks, view.settings)
    ]


def _offer(
    view: View, book: Rulebook, act: ActRule, loaded: Loaded | None, part: Part | None, with_choices: bool
) -> Json:
    """Return an act with its conditions that are not met, its due date, and the choices of the moment (None: not asked for)."""
    mark = view.definitions.functions[(act.kind, act.name)].mark
    moment = moment_of(loaded, part, view.actor, view.now, view.settings)
    run = next((loaded.clock(name, part.id if part else None) for name in act.meets), None) if loaded else None
    running = run if run and run.state == "running" else None
    unmet = [name for name in act.needs if not act.new and not view.holds(name, moment)]
    choices = {
        field: choose(view.connection, moment) if with_choices else None for field, choose in mark.choices.items()
    }
    return {
        "act": act.name,
        "kind": act.kind,
        "zh": act.zh,
        "en": act.en,
        "clause": act.clause,
        "new": act.new,
        "on": act.on,
        "part": part.id if part else None,
        "part_version": part.version if part else None,
        "approval": act.approval,
        "document": act.document,
        "advisory": act.advisory,
        "due": running.due_on if running else None,
        "overdue": bool(running and running.due_at <= iso(view.now)),
        "unmet": [_condition(view, name) for name in unmet],
        "choices": choices,
    }


def _condition(view: View, guard: str) -> Json:
    zh, en = view.definitions.guard_texts[guard]
    return {"guard": guard, "zh": zh, "en": en}
