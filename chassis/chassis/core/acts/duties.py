"""What waits for whom: rows that the transaction of every act keeps up to date for each root it touches, so that a page reads them by one index.

A row stands for one root and one holder. The holder is the key by which an actor finds it:

- `<party>/<office>`: a party of the root, and the office that the rulebook's actor asks for (empty where it asks for none);
- `=<actor>`: an actor of the rulebook that is no party, e.g. the recall division of any bureau;
- `@<post>:<organisation>`: the post that a draft waits for;
- `<person>/`: the drafter of a draft that is under way or was sent back.

What depends on the reader or on the hour stays a question for the reader: an item carries the times between which it
counts, the actor it is for, who is excluded, and the guards that look at the actor or the clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from chassis.core.acts.availability import leads_from
from chassis.core.acts.definitions import Definitions
from chassis.core.canonical import compact
from chassis.core.dates.times import iso, parse
from chassis.core.rulebook.model import ActRule, KindRule, Rulebook
from chassis.core.storage import tables
from chassis.core.storage.roots import ClockRun, Loaded, Part, Party, Root

Json = dict[str, Any]

NEVER = "9999"
"""Stands in an index for a date that there is not; text that sorts after every date."""
CLOCK, AWAITS, DRAFT, UNDER_WAY, RETURNED = "clock", "awaits", "draft", "under_way", "returned"
"""Why something waits: a running period, a state that awaits an act, a draft to approve; one's own draft under way or sent back."""

DRAFTS = select(tables.drafts).where(tables.drafts.c.root_id == bindparam("root")).order_by(tables.drafts.c.id)


class DependsOnReader(Exception):
    """A guard looked at the actor or at the time, which differ from reader to reader."""


@dataclass(frozen=True, slots=True)
class RootMoment:
    """The part of a Moment that is the same for every reader. Asking for the actor or the time raises DependsOnReader."""

    root: Root
    part: Part | None
    parts: list[Part]
    clocks: list[ClockRun]
    parties: list[Party]
    settings: Mapping[str, Any]
    data: Mapping[str, Any] = field(default_factory=dict)
    named: Mapping[str, list[Loaded]] = field(default_factory=dict)

    @property
    def body(self) -> Mapping[str, Any]:
        """The root's body."""
        return self.root.body

    def who(self, name: str) -> list[str]:
        """Return who stands in this relation to the root."""
        return [party.who for party in self.parties if party.name == name]

    def _differs(self) -> Any:
        raise DependsOnReader

    actor = now = today = property(_differs)


def drafts_of(connection: Connection, definitions: Definitions, root: Root) -> list[Json]:
    """Return the drafts of a root, oldest first; none are looked for where no act of the kind needs an approval."""
    if root.kind not in definitions.registry.approved_kinds:
        return []
    return [dict(row) for row in connection.execute(DRAFTS, {"root": root.id}).mappings()]


def rows_of(
    definitions: Definitions, settings: Mapping[str, Any], loaded: Loaded, drafts: Iterable[Mapping[str, Any]]
) -> list[Json]:
    """Return the rows of a root as they ought to be: one a holder, with its items."""
    book = definitions.registry.of(loaded.root.regime)
    kind = book.kinds[loaded.root.kind]
    collected = _Collected(loaded, book)
    drafts = list(drafts)
    drafted = {draft["act"] for draft in drafts if draft["state"] == "open"}
    for act in kind.acts.values():
        if not act.new and act.name not in drafted:
            _add_clocks(collected, kind, act)
            _add_awaited(collected, definitions, settings, kind, act)
    for draft in drafts:
        _add_draft(collected, kind, draft, drafts)
    return collected.rows()


class _Collected:
    """Items by holder, while the rows of one root are computed."""

    def __init__(self, loaded: Loaded, book: Rulebook) -> None:
        self.loaded = loaded
        self.book = book
        self._items: dict[str, list[Json]] = {}
        self._areas: dict[str, str | None] = {}

    def add(self, holder: str, item: Json, area: str | None = None) -> None:
        """Add an item to a holder; members that say nothing are left out."""
        self._areas[holder] = self._areas.get(holder) or area
        items = self._items.setdefault(holder, [])
        entry = {key: value for key, value in item.items() if value not in (None, [], "")}
        if entry not in items:
            items.append(entry)

    def add_for(self, act: ActRule, part: Part | None, item: Json) -> None:
        """Add an item for everybody whom the act's row names, people that is."""
        for name in act.by:
            who = self.book.actors[name]
            if who.system or who.public:
                continue
            entry = {**item, "by": name, "act": act.name, "part": part.id if part else None}
            if who.party is None:
                self.add(f"={name}", entry)
                continue
            for party in self.loaded.parties:
                if party.name == who.party and (part is None or party.part_id in ("", part.id)):
                    for office in sorted(who.offices) or [""]:
                        self.add(f"{party.who}/{office}", entry, party.area)

    def rows(self) -> list[Json]:
        """Return the rows for the table."""
        return [
            {
                "root_id": self.loaded.root.id,
                "holder": holder,
                "due_at": min(item.get("due_at", NEVER) for item in items),
                "since": min(item["since"] for item in items),
                "from_at": min(item.get("from_at", "") for item in items),
                "area": self._areas[holder],
                "items": compact(items),
            }
            for holder, items in sorted(self._items.items())
        ]


def _targets(loaded: Loaded, act: ActRule) -> list[Part | None]:
    return [part for part in loaded.parts if part.kind == act.on] if act.on else [None]


def _add_clocks(collected: _Collected, kind: KindRule, act: ActRule) -> None:
    """An act that meets a running period waits for whoever may do it."""
    loaded = collected.loaded
    for run in loaded.clocks:
        if run.state != "running" or run.name not in act.meets:
            continue
        for part in _targets(loaded, act):
            if run.part_id and (part.id if part else "") != run.part_id:
                continue
            window = _window(kind, act, loaded, part)
            if window is None or not leads_from(kind, act, loaded, part):
                continue
            ahead = kind.clocks[run.name].ahead
            from_at, until_at = window
            if ahead is not None:
                from_at = max(from_at, iso(parse(run.due_at) - timedelta(days=ahead)))
            item = {"why": CLOCK, "clock": run.id, "due_at": run.due_at, "since": run.start_on}
            collected.add_for(act, part, {**item, "from_at": from_at, "until_at": until_at})


def _add_awaited(
    collected: _Collected, definitions: Definitions, settings: Mapping[str, Any], kind: KindRule, act: ActRule
) -> None:
    """A root in a state that awaits the act waits for whoever may do it, once the act's conditions hold."""
    loaded, state = collected.loaded, collected.loaded.root.state
    if state in kind.final or not act.awaits & {state, "any"}:
        return
    for part in _targets(loaded, act):
        window = _window(kind, act, loaded, part)
        if window is None or not leads_from(kind, act, loaded, part):
            continue
        guards = _open_guards(definitions, settings, loaded, part, act)
        if guards is not None:
            item = {"why": AWAITS, "since": loaded.root.opened_at, "from_at": window[0], "until_at": window[1]}
            collected.add_for(act, part, {**item, "guards": guards})


def _window(kind: KindRule, act: ActRule, loaded: Loaded, part: Part | None) -> tuple[str, str] | None:
    """Return the moments from and until which an act's periods allow it (empty: no bound); None where they never will."""
    part_id = part.id if part else None
    from_at = until_at = ""
    if act.after_lapse:
        run = loaded.clock(act.after_lapse, part_id)
        if run is None or run.state != "running":
            return None
        from_at = run.due_at
    if act.unless_lapsed:
        run = loaded.clock(act.unless_lapsed, part_id)
        if run and run.state == "running":
            until_at = run.due_at
    return from_at, until_at


def _open_guards(
    definitions: Definitions, settings: Mapping[str, Any], loaded: Loaded, part: Part | None, act: ActRule
) -> list[str] | None:
    """Return the guards of an act that only the reader's moment can answer; None where another one does not hold."""
    moment: Any = RootMoment(loaded.root, part, loaded.parts, loaded.clocks, loaded.parties, settings)
    open_guards = []
    for name in act.needs:
        try:
            if not definitions.guards[name](moment):
                return None
        except DependsOnReader:
            open_guards.append(name)
        except (KeyError, TypeError):  # it needs the data, which is not there yet
            continue
    return open_guards


def _add_draft(
    collected: _Collected, kind: KindRule, draft: Mapping[str, Any], drafts: list[Mapping[str, Any]]
) -> None:
    """An open draft waits for the post of its step; its drafter has it under way, or sent back."""
    drafter = draft["drafter"]
    item = {
        "act": draft["act"],
        "part": draft["part_id"] or None,
        "draft": draft["id"],
        "since": draft["created_at"],
    }
    if draft["state"] == "open":
        post, excluded = draft["chain"][draft["step"]], [drafter["sub"], *(step["person"] for step in draft["steps"])]
        run = _clock_met(kind, draft, collected.loaded)
        due = {"clock": run.id, "due_at": run.due_at} if run else {}
        for organisation in drafter["orgs"]:
            collected.add(f"@{post}:{organisation}", {**item, **due, "why": DRAFT, "not_for": excluded})
        collected.add(f"{drafter['sub']}/", {**item, **due, "why": UNDER_WAY})
    elif (
        draft["state"] == "returned" and not _taken_up(draft, drafts) and collected.loaded.root.state not in kind.final
    ):
        collected.add(f"{drafter['sub']}/", {**item, "why": RETURNED})


def _clock_met(kind: KindRule, draft: Mapping[str, Any], loaded: Loaded) -> ClockRun | None:
    """Return the running clock that the drafted act would meet, or None."""
    act = kind.acts.get(draft["act"])
    for name in act.meets if act else ():
        run = loaded.clock(name, draft["part_id"])
        if run and run.state == "running":
            return run
    return None


def _taken_up(draft: Mapping[str, Any], drafts: list[Mapping[str, Any]]) -> bool:
    """Tell whether a draft that was sent back has a successor: the same act, drafted again."""
    return any(
        other["id"] > draft["id"] and (other["act"], other["part_id"]) == (draft["act"], draft["part_id"])
        for other in drafts
    )


def is_open(item: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether an item counts at this moment."""
    moment = iso(now)
    return item.get("from_at", "") <= moment and ("until_at" not in item or moment < item["until_at"])
