"""What one act is made of: the command that asks for it, the moment it is judged at, the unit of work it becomes, a task's job."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from chassis.core import store
from chassis.core.canonical import digest
from chassis.core.files import Files
from chassis.core.store import Loaded, Part, Party, Root
from chassis.core.times import today
from chassis.core.tokens import Actor


@dataclass(frozen=True, slots=True)
class Command:
    """A wish: an act on a root, by an actor or by an event. `id` makes it happen once."""

    id: str
    kind: str
    act: str
    actor: Actor
    data: Mapping[str, Any]
    root: str | None = None
    part: str | None = None
    expects: int | None = None
    event: Mapping[str, Any] | None = None
    dossier: str | None = None
    new_id: str | None = None
    trace: str | None = None
    draft: Mapping[str, Any] | None = None
    drafter: Actor | None = None

    @property
    def judged(self) -> Actor:
        """Whose right to the act is judged: the drafter's, where a draft is being signed."""
        return self.drafter or self.actor

    @property
    def by_person(self) -> bool:
        """Whether somebody outside asks, whose reading must be current."""
        return self.event is None and not self.actor.system

    def digest(self) -> str:
        """Return the digest that tells a repeat from another command under the same id."""
        return digest(
            {"kind": self.kind, "act": self.act, "root": self.root, "part": self.part, "data": _plain(self.data)}
        )


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value), parse_float=str)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a guard judges on: the root and its surroundings at the moment an act is tried. `root` is None when an act opens one."""

    root: Root | None
    part: Part | None
    data: Mapping[str, Any]
    parts: list[Part]
    clocks: list[store.ClockRun]
    parties: list[Party]
    actor: Actor
    now: datetime
    settings: Mapping[str, Any]
    named: Mapping[str, list[Loaded]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The date in Asia/Shanghai."""
        return today(self.now)

    @property
    def body(self) -> Mapping[str, Any]:
        """The root's body; empty when an act opens one."""
        return self.root.body if self.root else {}

    def who(self, name: str) -> list[str]:
        """Return who stands in this relation to the root."""
        return [party.who for party in self.parties if party.name == name]


@dataclass(frozen=True, slots=True)
class Job:
    """What a task of the worker is given: its data, the file store, the settings, and `root` to read a root as it is."""

    id: str
    name: str
    data: Mapping[str, Any]
    files: Files
    settings: Mapping[str, Any]
    root: Any


@dataclass(slots=True)
class Unit:
    """One transaction's worth of work for one command: what was touched, and what is to be written with it."""

    connection: Connection
    command: Command
    now: datetime
    touched: dict[str, Loaded] = field(default_factory=dict)
    facts: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    sealed: list[dict[str, Any]] = field(default_factory=list)
    drafts: list[Any] = field(default_factory=list)
