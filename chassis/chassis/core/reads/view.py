"""One reading: by whom, at which moment, on which snapshot of the database. Every view asks through it who may see what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from chassis.core.acts.clocks import Clocks
from chassis.core.acts.definitions import Definitions
from chassis.core.acts.moment import Moment
from chassis.core.acts.readers import Held, held
from chassis.core.errors import Refusal
from chassis.core.rulebook.model import KindRule, ReadRule, Rulebook
from chassis.core.rulebook.registry import Registry
from chassis.core.storage import tables
from chassis.core.storage.roots import Loaded, Root
from chassis.core.trust.access import reads
from chassis.core.trust.seal import Seal
from chassis.core.trust.tokens import Actor

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """What a reading needs: the service's definitions, settings, clocks and seal; the actor, the moment, the snapshot."""

    definitions: Definitions
    settings: Mapping[str, Any]
    clocks: Clocks
    seal: Seal
    connection: Connection
    actor: Actor
    now: datetime

    @property
    def registry(self) -> Registry:
        """The rulebooks."""
        return self.definitions.registry

    def book(self, root: Root) -> Rulebook:
        """Return the rulebook that a root lives under."""
        return self.registry.of(root.regime)

    def kind(self, root: Root) -> KindRule:
        """Return a root's kind, as its regime has it."""
        return self.registry.kind(root.regime, root.kind)

    def require_visible(self, loaded: Loaded) -> ReadRule:
        """Return what the actor may see of a root; refuses as not-found where that is nothing."""
        root = loaded.root
        rule = reads(self.book(root), self.kind(root), self.actor, loaded.parties, root.state, self.settings)
        if rule is None:
            raise Refusal("not-found", root=root.id)
        return rule

    def holds(self, guard: str, moment: Moment) -> bool:
        """Tell whether a guard holds before any data is given; one that needs the data is not held against the act yet."""
        try:
            return bool(self.definitions.guards[guard](moment))
        except (KeyError, TypeError):
            return True

    def held(self, kind_names: Iterable[str] | None = None) -> list[Held]:
        """Return the keys by which the actor sees roots of these kinds (None: of all), with what each opens."""
        return list(held(self.registry, self.actor, self.settings, kind_names))

    def readable(self) -> ColumnElement[bool]:
        """Return the condition under which rows of `roots` are the actor's to see: the rule of `require_visible`, from the rows of readers."""
        readers, keys = tables.readers, sorted({each.key for each in self.held()})
        return select(readers.c.key).where(readers.c.root_id == tables.roots.c.id, readers.c.key.in_(keys)).exists()


def brief(kind: KindRule, root: Root) -> Json:
    """Return what every list and page says of a root."""
    return {
        "id": root.id,
        "kind": root.kind,
        "kind_zh": kind.zh,
        "kind_en": kind.en,
        "title": root.title,
        "number": root.number,
        "state": root.state,
        "state_zh": kind.states[root.state]["zh"],
        "state_en": kind.states[root.state]["en"],
        "final": root.state in kind.final,
        "dossier": root.dossier,
        "version": root.version,
        "regime": root.regime,
        "opened_at": root.opened_at,
    }
