"""The rulebook: a regulation's acts as data, read from YAML and checked before anything runs."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from chassis.core.calendar import Length
from chassis.core.canonical import digest
from chassis.core.errors import ConfigurationFault

DRAFT_ACTS = {
    "approve-draft": ("审批通过", "approve"),
    "return-draft": ("退回修改", "return for changes"),
    "withdraw-draft": ("撤回草稿", "withdraw the draft"),
}
ACT_KEYS = {
    "zh",
    "en",
    "clause",
    "by",
    "from",
    "to",
    "on",
    "choose",
    "starts",
    "meets",
    "stops",
    "extends",
    "unless_lapsed",
    "after_lapse",
    "needs",
    "approval",
    "document",
    "adds",
    "shown",
    "awaits",
    "help",
    "help_en",
    "verified",
    "source",
    "opens",
}
KIND_KEYS = {"zh", "en", "final", "states", "parts", "reads", "marks", "clocks", "acts"}
HEADER_KEYS = {"rulebook", "zh", "en", "in_force", "actors", "approvals", "listens"}


@dataclass(frozen=True, slots=True)
class ActorRule:
    """A name that `by:` may use: the party it must be of the root, the office and area it must hold.

    `organisation` names a setting of the service that holds the id of the one organisation meant.
    """

    name: str
    zh: str
    en: str
    party: str | None
    offices: frozenset[str]
    area: re.Pattern[str] | None
    organisation: str | None
    public: bool
    system: bool


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event that performs an act: its type, the values its data must have, and how its root is found."""

    type: str
    where: Mapping[str, Any]
    root: str | None
    find: str | None
    id: str | None

    def matches(self, data: Mapping[str, Any]) -> bool:
        """Tell whether an event of this type performs the act."""
        return all(
            data.get(key) in (value if isinstance(value, list) else [value]) for key, value in self.where.items()
        )


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A period of the law: its clause, its length or the field of the data that sets it (a number or an end), and whether it is confirmed.

    `ahead`: how many days before its end it becomes a duty, where that is not at once.
    """

    name: str
    zh: str
    en: str
    clause: str
    length: Length | None
    days_from: str | None
    unit: str | None
    until: str | None
    ahead: int | None
    advisory: bool
    source: str | None


@dataclass(frozen=True, slots=True)
class PartRule:
    """A kind of part with the states it may be in."""

    name: str
    zh: str
    en: str
    states: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ActRule:
    """A row of the rulebook. `sources` maps a kind (this root, a part, a named root) to the states the act leads from; None is any."""

    kind: str
    name: str
    zh: str
    en: str
    clauses: tuple[str, ...]
    by: tuple[str, ...]
    triggers: tuple[Trigger, ...]
    new: bool
    sources: Mapping[str, frozenset[str] | None]
    on: str | None
    choose: str | None
    targets: Mapping[str, Mapping[str, str]]
    starts: Mapping[str, str]
    meets: tuple[str, ...]
    stops: tuple[str, ...]
    extends: Mapping[str, str]
    unless_lapsed: str | None
    after_lapse: str | None
    needs: tuple[str, ...]
    approval: str | None
    document: str | None
    adds: Mapping[str, str]
    shown: frozenset[str]
    awaits: frozenset[str]
    advisory: bool
    source: str | None
    help: str | None
    help_en: str | None

    @property
    def clause(self) -> str:
        """The clause that stands for the act in journals."""
        return self.clauses[0]

    def moves(self, choice: str | None) -> Mapping[str, str]:
        """Return kind → state for the choice made (None where nothing is chosen)."""
        return self.targets.get(choice or "", {})

    @property
    def all_moves(self) -> list[Mapping[str, str]]:
        """Every map of kind to state that the act can lead to."""
        return list(self.targets.values())


@dataclass(frozen=True, slots=True)
class ReadRule:
    """What a party may see of a root: fields of its body (None is all), in these states (None is all)."""

    fields: frozenset[str] | None
    states: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class KindRule:
    """A kind of root."""

    name: str
    zh: str
    en: str
    final: frozenset[str]
    states: Mapping[str, Mapping[str, str]]
    parts: Mapping[str, PartRule]
    reads: Mapping[str, ReadRule]
    marks: Mapping[str, frozenset[str]]
    clocks: Mapping[str, ClockRule]
    acts: Mapping[str, ActRule]

    def open_states(self) -> frozenset[str]:
        """The states that are not final."""
        return frozenset(self.states) - self.final


@dataclass(frozen=True)
class Rulebook:
    """A regulation as one service carries it, with the hash under which journals cite it."""

    name: str
    zh: str
    en: str
    in_force: str
    hash: str
    actors: Mapping[str, ActorRule]
    approvals: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, KindRule]
    clauses: Mapping[str, Mapping[str, str]]
    listens: tuple[str, ...] = ()
    triggers: Mapping[str, tuple[tuple[ActRule, Trigger], ...]] = field(default_factory=dict)

    def act(self, kind: str, name: str) -> ActRule | None:
        """Return an act's row, or None."""
        found = self.kinds.get(kind)
        return found.acts.get(name) if found else None

    def carried(self) -> set[str]:
        """Return the clauses that some act carries."""
        return {clause for kind in self.kinds.values() for act in kind.acts.values() for clause in act.clauses}


def as_list(value: Any) -> list[Any]:
    """Return a list for a list, one value or nothing."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


class _Loader(yaml.SafeLoader):
    """YAML without the words of YAML 1.1 that stand for booleans: `on` is a key of ours."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read(path: Path) -> Rulebook:
    """Read one rulebook and the clause rows beside it (`clauses.csv`); ConfigurationFault lists all that is wrong with its form."""
    document = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    faults: list[str] = []
    actors = {name: _actor(name, row) for name, row in document.get("actors", {}).items()}
    kinds = {name: _kind(name, row, faults) for name, row in document.items() if name not in HEADER_KEYS}
    if faults:
        raise ConfigurationFault(faults)
    triggers: dict[str, tuple[tuple[ActRule, Trigger], ...]] = {}
    for kind in kinds.values():
        for act in kind.acts.values():
            for trigger in act.triggers:
                triggers[trigger.type] = (*triggers.get(trigger.type, ()), (act, trigger))
    return Rulebook(
        name=document["rulebook"],
        zh=document["zh"],
        en=document.get("en", document["rulebook"]),
        in_force=str(document["in_force"]),
        hash=digest(_plain(document)),
        actors=actors,
        approvals={name: tuple(posts) for name, posts in document.get("approvals", {}).items()},
        kinds=kinds,
        clauses=_clauses(path.with_name("clauses.csv")),
        listens=tuple(document.get("listens", ())),
        triggers=triggers,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, (bool, int, str)) or value is None else str(value)


def _clauses(path: Path) -> dict[str, dict[str, str]]:
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["clause"]: dict(row) for row in csv.DictReader(file)}


def _actor(name: str, row: Mapping[str, Any]) -> ActorRule:
    party = row.get("party")
    return ActorRule(
        name=name,
        zh=row["zh"],
        en=row.get("en", name),
        party=name if party is True else party or None,
        offices=frozenset(as_list(row.get("office"))),
        area=re.compile(row["area"]) if row.get("area") else None,
        organisation=row.get("organisation"),
        public=bool(row.get("public")),
        system=bool(row.get("system")),
    )


def _kind(name: str, row: Mapping[str, Any], faults: list[str]) -> KindRule:
    faults += [f"{name}: unknown key {key!r}" for key in set(row) - KIND_KEYS]
    parts = {
        part: PartRule(part, found["zh"], found.get("en", part), found["states"])
        for part, found in row.get("parts", {}).items()
    }
    clocks = {}
    for clock, found in row.get("clocks", {}).items():
        try:
            clocks[clock] = _clock(clock, found)
        except (KeyError, TypeError, ValueError) as fault:
            faults.append(f"{name}.{clock}: {type(fault).__name__} {fault}")
    acts = {}
    for act, found in row.get("acts", {}).items():
        try:
            acts[act] = _act(name, act, found, faults)
        except (KeyError, TypeError, ValueError) as fault:
            faults.append(f"{name}.{act}: {type(fault).__name__} {fault}")
    return KindRule(
        name=name,
        zh=row["zh"],
        en=row.get("en", name),
        final=frozenset(row.get("final", ())),
        states=row["states"],
        parts=parts,
        reads={party: _read(found) for party, found in row.get("reads", {}).items()},
        marks={mark: frozenset(as_list(who)) for mark, who in row.get("marks", {}).items()},
        clocks=clocks,
        acts=acts,
    )


def _read(found: Any) -> ReadRule:
    if not isinstance(found, dict):
        found = {"fields": found}
    fields = found.get("fields", "all")
    states = found.get("states")
    return ReadRule(None if fields == "all" else frozenset(fields), None if states is None else frozenset(states))


def _clock(name: str, row: Mapping[str, Any]) -> ClockRule:
    length = row["length"]
    by_field = isinstance(length, dict)
    return ClockRule(
        name=name,
        zh=row["zh"],
        en=row.get("en", name),
        clause=str(row["clause"]),
        length=None if by_field else Length.of(length),
        days_from=length.get("days_from") if by_field else None,
        unit=length.get("unit") if by_field else None,
        until=length.get("until") if by_field else None,
        ahead=row.get("ahead"),
        advisory=row.get("verified") is False,
        source=row.get("source"),
    )


def _act(kind: str, name: str, row: Mapping[str, Any], faults: list[str]) -> ActRule:
    faults += [f"{kind}.{name}: unknown key {key!r}" for key in set(row) - ACT_KEYS]
    by = as_list(row.get("by"))
    on = row.get("on")
    addressed = on or kind
    new, sources = _sources(row["from"], kind, addressed)
    return ActRule(
        kind=kind,
        name=name,
        zh=row["zh"],
        en=row.get("en", name.replace("-", " ")),
        clauses=tuple(str(clause) for clause in as_list(row["clause"])),
        by=tuple(entry for entry in by if isinstance(entry, str)),
        triggers=tuple(
            Trigger(e["event"], e.get("where", {}), e.get("root"), e.get("find"), e.get("id"))
            for e in by
            if isinstance(e, dict)
        ),
        new=new,
        sources=sources,
        on=on,
        choose=row.get("choose"),
        targets=_targets(row.get("to"), addressed, bool(row.get("choose"))),
        starts=dict(row.get("starts", {})),
        meets=tuple(as_list(row.get("meets"))),
        stops=tuple(as_list(row.get("stops"))),
        extends=dict(row.get("extends", {})),
        unless_lapsed=row.get("unless_lapsed"),
        after_lapse=row.get("after_lapse"),
        needs=tuple(as_list(row.get("needs"))),
        approval=row.get("approval"),
        document=row.get("document"),
        adds=dict(row.get("adds", {})),
        shown=frozenset(as_list(row.get("shown"))),
        awaits=_awaits(row.get("awaits"), sources.get(kind)),
        advisory=row.get("verified") is False,
        source=row.get("source"),
        help=row.get("help"),
        help_en=row.get("help_en"),
    )


def _sources(value: Any, kind: str, addressed: str) -> tuple[bool, dict[str, frozenset[str] | None]]:
    def states(found: Any) -> frozenset[str] | None:
        return None if found == "any" else frozenset(as_list(found))

    if isinstance(value, dict):
        new = value.get(kind) == "new"
        return new, {name: states(found) for name, found in value.items() if found != "new"}
    if value == "new":
        return True, {}
    return False, {addressed: states(value)}


def _awaits(value: Any, states: frozenset[str] | None) -> frozenset[str]:
    """Return the states of the root in which it waits for the act: named ones, or all that the act leads from (`any` is every one)."""
    if not value:
        return frozenset()
    if value is True:
        return frozenset({"any"}) if states is None else states
    return frozenset(as_list(value))


def _targets(value: Any, addressed: str, chosen: bool) -> dict[str, dict[str, str]]:
    def moves(found: Any) -> dict[str, str]:
        return dict(found) if isinstance(found, dict) else {addressed: found} if found else {}

    if chosen and isinstance(value, dict):
        return {str(choice): moves(found) for choice, found in value.items()}
    return {"": moves(value)}


def check(
    book: Rulebook, functions: Iterable[tuple[str, str]], guards: Iterable[str], finders: Iterable[str] = ()
) -> list[str]:
    """Return every way in which the rulebook is incomplete: acts without function, guard, text or clause; states without a way in or out."""
    known, present, found = set(functions), set(guards), set(finders)
    heard = {name.split(".")[0] for name in book.listens}
    unheard = [
        f"{t}: moved by it, but `listens:` names no kind of root of that service"
        for t in book.triggers
        if t.split(".")[0] not in heard
    ]
    faults = unheard + [
        f"{kind}.{act}: a function without a row" for kind, act in sorted(known) if book.act(kind, act) is None
    ]
    for kind in book.kinds.values():
        faults += _check_states(book, kind)
        faults += [f"{kind.name}: reads names no actor {who!r}" for who in kind.reads if who not in book.actors]
        faults += [
            f"{kind.name}: mark {m} names no actor {w!r}"
            for m, ws in kind.marks.items()
            for w in ws
            if w not in book.actors
        ]
        for act in kind.acts.values():
            where = f"{kind.name}.{act.name}"
            if (kind.name, act.name) not in known:
                faults.append(f"{where}: no function")
            faults += [f"{where}: no guard {guard!r}" for guard in act.needs if guard not in present]
            faults += [f"{where}: no finder {t.find!r}" for t in act.triggers if t.find and t.find not in found]
            faults += [f"{where}: {fault}" for fault in _check_act(book, kind, act)]
    return faults


def _check_act(book: Rulebook, kind: KindRule, act: ActRule) -> Iterator[str]:
    """Yield what a row names that there is not, and what it asks for that cannot be."""
    groups = {kind.name, *kind.parts, *book.kinds}
    yield from (f"no actor {who!r}" for who in (*act.by, *sorted(act.shown)) if who not in book.actors)
    yield from (f"no clock {clock!r}" for clock in _clocks_of(act) if clock not in kind.clocks)
    if not act.by and not act.triggers:
        yield "nobody may do it"
    if act.approval and act.approval not in book.approvals:
        yield f"no approval chain {act.approval!r}"
    if act.approval and act.new:
        yield "a draft needs a root, and this act opens one"
    if act.on and act.on not in kind.parts:
        yield f"no part {act.on!r}"
    yield from (f"no part {part!r}" for part in act.adds if part not in kind.parts)
    named = {*act.sources, *(group for moves in act.all_moves for group in moves)}
    yield from (f"no kind or part {group!r}" for group in sorted(named - groups - {str(act.on)}))
    yield from (f"clock {clock!r} ends on a day and cannot be extended" for clock in act.extends if _until(kind, clock))
    if book.clauses:
        yield from (f"clause {clause} is not this service's" for clause in act.clauses if clause not in book.clauses)


def _until(kind: KindRule, clock: str) -> bool:
    return clock in kind.clocks and kind.clocks[clock].until is not None


def _clocks_of(act: ActRule) -> list[str]:
    single = [clock for clock in (act.unless_lapsed, act.after_lapse) if clock]
    return [*act.starts, *act.meets, *act.stops, *act.extends, *single]


def _check_states(book: Rulebook, kind: KindRule) -> list[str]:
    faults = [f"{kind.name}: final state {state!r} is not declared" for state in kind.final - set(kind.states)]
    parts = [(part.name, part.states, frozenset[str](), list(kind.acts.values())) for part in kind.parts.values()]
    everywhere = [act for other in book.kinds.values() for act in other.acts.values()]
    for group, states, final, acts in [(kind.name, kind.states, kind.final, everywhere), *parts]:
        reached: set[str] = set()
        left: set[str] = set()
        for act in acts:
            targets = {moves[group] for moves in act.all_moves if group in moves}
            added = {act.adds[group]} if group in act.adds else set()
            sources = act.sources.get(group, frozenset())
            sources = frozenset(states) - final if sources is None else sources
            faults += [
                f"{act.kind}.{act.name}: no state {s!r} of {group}"
                for s in (targets | set(sources) | added) - set(states)
            ]
            reached |= targets | added
            left |= {source for source in sources if targets - {source}}
        faults += [f"{kind.name}: state {s!r} of {group} is never reached" for s in sorted(set(states) - reached)]
        if group == kind.name:
            ways = sorted(set(states) - final - left)
            faults += [f"{kind.name}: state {s!r} is not final and has no way out" for s in ways]
    return faults
