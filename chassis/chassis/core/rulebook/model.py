"""The model of a rulebook: actors, clocks, parts, acts and kinds of root, as frozen data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis.core.dates.calendar import Length

DRAFT_ACTS = {
    "approve-draft": ("审批通过", "approve"),
    "return-draft": ("退回修改", "return for changes"),
    "withdraw-draft": ("撤回草稿", "withdraw the draft"),
}


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
    """A kind of root. `search`: dotted paths into the body to the texts by which a root is found, beside title and number."""

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
    search: tuple[str, ...] = ()

    def open_states(self) -> frozenset[str]:
        """The states that are not final."""
        return frozenset(self.states) - self.final


@dataclass(frozen=True, slots=True)
class KindMoves:
    """What becomes of the stored roots of a kind when an edition replaces another: names of the old edition → of the new.

    A state, part state, clock or drafted act that is not named keeps its name. A clock that maps to None is stopped.
    """

    states: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    clocks: Mapping[str, str | None] = field(default_factory=dict)
    acts: Mapping[str, str] = field(default_factory=dict)


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
    replaces: str | None = None
    moves: Mapping[str, KindMoves] = field(default_factory=dict)

    def act(self, kind: str, name: str) -> ActRule | None:
        """Return an act's row, or None."""
        found = self.kinds.get(kind)
        return found.acts.get(name) if found else None

    def carried(self) -> set[str]:
        """Return the clauses that some act carries."""
        return {clause for kind in self.kinds.values() for act in kind.acts.values() for clause in act.clauses}
