"""What a guard judges on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chassis.core.dates.times import today
from chassis.core.storage.roots import ClockRun, Loaded, Part, Party, Root
from chassis.core.trust.tokens import Actor


@dataclass(frozen=True, slots=True)
class Moment:
    """The root and its surroundings at the moment an act is tried. `root` is None when an act opens one.

    `data` is empty where a page asks what may be done before anything is filled in.
    """

    root: Root | None
    part: Part | None
    data: Mapping[str, Any]
    parts: list[Part]
    clocks: list[ClockRun]
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


def moment_of(
    loaded: Loaded | None, part: Part | None, actor: Actor, now: datetime, settings: Mapping[str, Any]
) -> Moment:
    """Return the moment of a root (None: one that an act would open) before any data is given."""
    if loaded is None:
        return Moment(None, part, {}, [], [], [], actor, now, settings)
    return Moment(loaded.root, part, {}, loaded.parts, loaded.clocks, loaded.parties, actor, now, settings)
