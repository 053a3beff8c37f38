"""Duties: what waits for an actor, read from the rows that every act keeps up to date (`chassis.core.acts.duties`).

A page costs the same number of statements however much waits, and however much there is that waits for others.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from chassis.core.acts.duties import AWAITS, CLOCK, DRAFT, RETURNED, UNDER_WAY, is_open
from chassis.core.acts.moment import moment_of
from chassis.core.dates.times import iso
from chassis.core.errors import Refusal
from chassis.core.reads.lists import visible
from chassis.core.reads.page import clock_view, draft_view
from chassis.core.reads.paging import COUNT_MOST, cursor_of, page_size, read_cursor
from chassis.core.reads.view import Json, View
from chassis.core.rulebook.model import DRAFT_ACTS, KindRule
from chassis.core.storage import roots, tables, waiting
from chassis.core.storage.roots import ClockRun, Loaded, Root, clock_from
from chassis.core.storage.waiting import Waiting
from chassis.core.trust.access import holds_office

QUEUES = ("mine", "unit", "drafts")


def duties(view: View, request: Mapping[str, Any]) -> Json:
    """Return a page of what waits for the actor, the most urgent first: `{items, next, total, more}`.

    `queue`: `mine` (the default) is everything, `unit` leaves out what waits for the person or a post, `drafts` is the
    person's own drafts under way or sent back. With `why` `draft`, only the drafts that wait for a post of the actor's.
    `size` at most 200, `after` is the `next` of the page before. `total` counts roots up to COUNT_MOST; `more` tells that
    there are more.
    """
    queue = str(request.get("queue") or "mine")
    if queue not in QUEUES:
        raise Refusal("invalid", errors={"queue": [f"应为 {'、'.join(QUEUES)} / one of {', '.join(QUEUES)}"]})
    if request.get("why") not in (None, DRAFT):
        raise Refusal("invalid", errors={"why": [f"应为 {DRAFT} / expected {DRAFT}"]})
    size = page_size(request)
    holders = _holders(view, queue) if view.actor.person else []
    if request.get("why") == DRAFT:  # a draft to approve stands under the post that it waits for, and nothing else does
        holders = [holder for holder in holders if holder.startswith("@")]
    after = read_cursor(request.get("after"), str, str, str)
    if not holders:
        return {"items": [], "next": None, "total": 0, "more": False}
    now, most = iso(view.now), size + len(holders)
    rows = waiting.most_urgent(view.connection, holders, now, after, most)
    ends = min(size, len(rows))  # a root stands once for each holder that the actor is: rows of one place stay together
    while 0 < ends < len(rows) and rows[ends].place == rows[ends - 1].place:
        ends += 1
    these_are_all = after is None and len(rows) < most
    counted = None if these_are_all else waiting.count(view.connection, holders, now, COUNT_MOST + 1)
    total = len({row.root_id for row in rows}) if counted is None else counted
    return {
        "items": _Assembled(view, rows[:ends], queue).items(),
        "next": cursor_of(*rows[ends - 1].place) if len(rows) > ends else None,
        "total": min(total, COUNT_MOST),
        "more": total > COUNT_MOST,
    }


def late(view: View) -> list[Json]:
    """Return how much is overdue in each unit of the actor's bureau and of those below it: `[{unit, count, oldest}]`, the most first."""
    table, actor = tables.duties, view.actor
    if actor.person is None:
        return []
    mine: ColumnElement[bool] = or_(
        *(table.c.holder.like(f"{_literal(who)}/%", escape="\\") for who in actor.organisations)
    )
    if actor.below:
        mine = or_(mine, table.c.area.like(f"{actor.below}%"))
    unit = func.substr(table.c.holder, 1, func.instr(table.c.holder, "/") - 1)
    if view.connection.dialect.name == "postgresql":
        unit = func.split_part(table.c.holder, "/", 1)
    query = (
        select(
            unit.label("unit"),
            func.count(table.c.root_id.distinct()).label("count"),
            func.min(table.c.due_at).label("oldest"),
        )
        .where(table.c.due_at <= iso(view.now), table.c.holder.like("%/%"), mine)
        .group_by(unit)
    )
    rows = [dict(row) for row in view.connection.execute(query).mappings()]
    return sorted(rows, key=lambda row: (-row["count"], row["unit"]))


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _holders(view: View, queue: str) -> list[str]:
    """Return the holders that stand for the actor (see `chassis.core.acts.duties`)."""
    actor = view.actor
    person = f"{actor.person}/"
    if queue == "drafts":
        return [person]
    offices = ["", *actor.offices]
    units = [f"{organisation}/{office}" for organisation in actor.organisations for office in offices]
    roles = [
        f"={name}"
        for book in view.registry.books.values()
        for name, rule in book.actors.items()
        if rule.party is None and not rule.public and holds_office(rule, actor, view.settings)
    ]
    if queue == "unit":
        return list(dict.fromkeys([*units, *roles]))
    persons = [f"{actor.person}/{office}" for office in offices]
    posts = [
        f"@{post}:{organisation}" for post in (*actor.posts, *actor.deputy) for organisation in actor.organisations
    ]
    return list(dict.fromkeys([*persons, *units, *roles, *posts]))


class _Assembled:
    """The rows of one page with what they name, each read by one statement: clocks, drafts, and roots whose guards the reader answers."""

    def __init__(self, view: View, rows: Iterable[Waiting], queue: str) -> None:
        self._view = view
        rows = list(rows)
        self._roots = visible(view, list(dict.fromkeys(row.root_id for row in rows)))
        self._items: dict[str, list[Json]] = {}
        for row in rows:
            root = self._roots.get(row.root_id)
            if root is not None:
                items = self._items.setdefault(root.id, [])
                items += [
                    item for item in json.loads(row.items) if item not in items and self._is_for_me(item, root, queue)
                ]
        every = [item for items in self._items.values() for item in items]
        self._clocks = self._read(tables.clocks, {item["clock"] for item in every if "clock" in item})
        self._drafts = self._read(tables.drafts, {item["draft"] for item in every if "draft" in item})
        guarded = [root for root, items in self._items.items() if any(item.get("guards") for item in items)]
        self._loaded = roots.load_together(view.connection, guarded)

    def _read(self, table: Any, ids: set[str]) -> dict[str, Any]:
        if not ids:
            return {}
        rows = self._view.connection.execute(select(table).where(table.c.id.in_(sorted(ids)))).mappings()
        return {row["id"]: row for row in rows}

    def _is_for_me(self, item: Json, root: Root, queue: str) -> bool:
        """Tell whether an item counts now, belongs to the queue, and is for this very reader."""
        view = self._view
        own_draft = item["why"] in (UNDER_WAY, RETURNED)
        if (queue == "drafts") != own_draft and not (queue == "mine" and item["why"] == RETURNED):
            return False
        if not is_open(item, view.now) or view.actor.person in item.get("not_for", ()):
            return False
        by = item.get("by")
        return by is None or holds_office(view.registry.of(root.regime).actors[by], view.actor, view.settings)

    def items(self) -> list[Json]:
        """Return the page's duties: one for each running period of a root, each draft, and each root that awaits an act."""
        return [duty for root_id in self._items for duty in self._duties(root_id)]

    def _duties(self, root_id: str) -> list[Json]:
        root, kind = self._roots[root_id], self._view.kind(self._roots[root_id])
        timed: dict[str, Json] = {}
        awaited: Json | None = None
        drafts = []
        for item in self._items[root_id]:
            if item["why"] == CLOCK and item["clock"] in self._clocks:
                run = clock_from(self._clocks[item["clock"]])
                duty = timed.setdefault(run.id, self._duty(kind, root, item) | clock_view(self._view, kind, run))
                _name_act(duty, kind, item["act"])
            elif item["why"] == AWAITS and self._guards_hold(root_id, item):
                awaited = awaited or self._duty(kind, root, item)
                _name_act(awaited, kind, item["act"])
            elif item["why"] in (DRAFT, UNDER_WAY, RETURNED) and item["draft"] in self._drafts:
                drafts.append(self._draft_duty(kind, root, item))
        if awaited and timed:
            first = next(iter(timed.values()))
            for name in awaited["acts"]:
                _name_act(first, kind, name)
        elif awaited:
            timed["awaited"] = awaited
        return [*timed.values(), *drafts]

    def _guards_hold(self, root_id: str, item: Json) -> bool:
        loaded: Loaded | None = self._loaded.get(root_id)
        if not item.get("guards") or loaded is None:
            return True
        view = self._view
        moment = moment_of(loaded, loaded.part(item.get("part")), view.actor, view.now, view.settings)
        return all(view.holds(guard, moment) for guard in item["guards"])

    def _draft_duty(self, kind: KindRule, root: Root, item: Json) -> Json:
        row = dict(self._drafts[item["draft"]])
        duty = self._duty(kind, root, item)
        names = {DRAFT: ["approve-draft", "return-draft"], UNDER_WAY: ["withdraw-draft"]}
        for name in names.get(item["why"], [row["act"], "withdraw-draft"]):
            _name_act(duty, kind, name)
        if item.get("clock") in self._clocks:
            run: ClockRun = clock_from(self._clocks[item["clock"]])
            duty |= clock_view(self._view, kind, run)
        return duty | {"draft": draft_view(self._view, kind, row)}

    def _duty(self, kind: KindRule, root: Root, item: Json) -> Json:
        act = kind.acts.get(item["act"])
        return {
            "why": item["why"],
            "root": root.id,
            "root_kind": kind.name,
            "root_kind_zh": kind.zh,
            "title": root.title,
            "number": root.number,
            "dossier": root.dossier,
            "state": root.state,
            "state_zh": kind.states[root.state]["zh"],
            "acts": [],
            "acts_zh": [],
            "acts_en": [],
            "clock": None,
            "zh": act.zh if act else None,
            "en": act.en if act else None,
            "clause": act.clause if act else None,
            "part": item.get("part"),
            "due_on": None,
            "due_at": None,
            "working_days_left": None,
            "overdue": False,
            "provisional": False,
            "advisory": False,
            "since": item["since"],
            "draft": None,
        }


def _name_act(duty: Json, kind: KindRule, name: str) -> None:
    """Add an act to a duty, once."""
    if name in duty["acts"]:
        return
    rule = kind.acts.get(name)
    zh, en = (rule.zh, rule.en) if rule else DRAFT_ACTS.get(name, (name, name))
    duty["acts"].append(name)
    duty["acts_zh"].append(zh)
    duty["acts_en"].append(en)
