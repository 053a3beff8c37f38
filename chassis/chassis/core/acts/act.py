"""What the author of an act works with: the root in hand, and everything that an act may do to it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from chassis.core.acts.clocks import Clocks, clock_entry
from chassis.core.acts.command import Unit
from chassis.core.contracts.facts import DOCUMENT_ISSUED
from chassis.core.dates.times import iso, today
from chassis.core.errors import Refusal
from chassis.core.ids import new_id
from chassis.core.rulebook.model import ActRule, ClockRule, Rulebook
from chassis.core.storage.roots import Loaded, Part, Party, Root
from chassis.core.trust.seal import is_reference
from chassis.core.trust.tokens import Actor


class Performing(Protocol):
    """What an act asks of whoever performs it."""

    settings: Mapping[str, Any]
    clocks: Clocks

    def unseal(self, unit: Unit, reference: Mapping[str, str]) -> Any:
        """Return the value of a sealed reference."""

    def open(self, opener: "Act", kind: str, act: str, data: Mapping[str, Any], dossier: str, id: str | None) -> "Act":
        """Open another root in the same transaction."""

    def publish(self, unit: Unit, loaded: Loaded, name: str, data: Mapping[str, Any]) -> None:
        """Put an event about a root into the outbox."""


class Handle:
    """A root inside an act: the one addressed, one that is named, or one that was opened."""

    def __init__(self, loaded: Loaded, unit: Unit) -> None:
        self.loaded = loaded
        self.unit = unit

    @property
    def root(self) -> Root:
        """The root."""
        return self.loaded.root

    @property
    def body(self) -> dict[str, Any]:
        """The root's body, changed in place."""
        return self.loaded.root.body

    def parties(self, name: str) -> list[str]:
        """Return who stands in this relation to the root or to any of its parts."""
        return list(dict.fromkeys(party.who for party in self.loaded.parties if party.name == name))

    def party(self, name: str, who: str, area: str | None = None, part: str | None = None) -> None:
        """Make somebody a party of the root, or of one part."""
        party = Party(name, who, part or "", area)
        if not any((p.name, p.who, p.part_id) == (name, who, party.part_id) for p in self.loaded.parties):
            self.loaded.parties.append(party)
            self.loaded.parties_added.append(party)

    def leave(self, name: str, who: str, part: str | None = None) -> None:
        """End a relation."""
        for party in [p for p in self.loaded.parties if p.name == name and p.who == who and part in (None, p.part_id)]:
            self.loaded.parties.remove(party)
            if party in self.loaded.parties_added:
                self.loaded.parties_added.remove(party)
            else:
                self.loaded.parties_left.append(party)

    def parts(self, kind: str) -> list[Part]:
        """Return the parts of a kind, oldest first; what is changed in their bodies is kept by `touch`."""
        return [part for part in self.loaded.parts if part.kind == kind]

    def touch(self, part: Part) -> None:
        """Keep what was changed in a part's body."""
        if not part.touched and not part.new:
            part.version += 1
        part.touched = True


class Act(Handle):
    """What the function of an act works with; always called `do`."""

    def __init__(
        self,
        performer: "Performing",
        unit: Unit,
        book: Rulebook,
        rule: ActRule,
        loaded: Loaded,
        part: Part | None,
        data: dict[str, Any],
        named: Mapping[str, list[Loaded]],
    ) -> None:
        super().__init__(loaded, unit)
        self._performer = performer
        self.book = book
        self.rule = rule
        self.part = part
        self.data = data
        self.named_roots = named
        self.clause = rule.clause
        self.choice: str | None = None
        self.notes: dict[str, Any] = {}
        self.documents: list[dict[str, Any]] = []
        self.facts: list[str] = []
        self.clocks: list[dict[str, Any]] = []
        self.opened: list[str] = []

    @property
    def actor(self) -> Actor | None:
        """The person who acts, or None where an event or the system does."""
        return self.unit.command.actor if self.unit.command.by_person else None

    @property
    def event(self) -> Mapping[str, Any] | None:
        """The event that acts (`id`, `type`, `subject`), or None."""
        return self.unit.command.event

    @property
    def now(self) -> datetime:
        """Legal time, aware, UTC."""
        return self.unit.now

    @property
    def today(self) -> date:
        """The legal date in Asia/Shanghai."""
        return today(self.unit.now)

    @property
    def settings(self) -> Mapping[str, Any]:
        """The service's own settings."""
        return self._performer.settings

    @property
    def connection(self) -> Connection:
        """The transaction."""
        return self.unit.connection

    def choose(self, value: str) -> None:
        """Pick the state by what the function found, where no field of the data does."""
        self.choice = value

    def cite(self, clause: str) -> None:
        """Name which of the row's clauses the act rests on this time: for journal, answer and paper; the first by default."""
        if clause not in self.rule.clauses:
            raise AssertionError(f"{self.rule.kind}.{self.rule.name} does not carry the clause {clause}")
        self.clause = clause

    def note(self, name: str, value: Any) -> None:
        """Put what the function found into the journal entry, under `noted`."""
        self.notes[name] = value

    def reveal(self, reference: Any) -> Any:
        """Return the value of a sealed reference (anything else as it is), for use inside the act."""
        return self._performer.unseal(self.unit, reference) if is_reference(reference) else reference

    def named(self, field: str) -> list[Handle]:
        """Return the other roots that a field of the data names."""
        return [Handle(loaded, self.unit) for loaded in self.named_roots.get(field, ())]

    def add(self, kind: str, body: dict[str, Any], state: str | None = None) -> Part:
        """Add a part; its state comes from the row's `adds`."""
        part = Part(new_id(kind), kind, state or self.rule.adds[kind], 1, body, iso(self.now), new=True)
        self.loaded.parts.append(part)
        return part

    def open(
        self, kind: str, act: str, data: Mapping[str, Any], *, dossier: str | None = None, id: str | None = None
    ) -> "Act":
        """Open another root of this service in the same transaction, by an act that the system may do; returns it as its act left it."""
        opened = self._performer.open(self, kind, act, data, dossier or self.root.dossier, id)
        self.opened.append(opened.root.id)
        return opened

    def fact(self, name: str, data: Mapping[str, Any], about: Handle | None = None) -> None:
        """Publish the event `<service>.<name>.v1` with the root (or another handle's) as its subject."""
        self._performer.publish(self.unit, (about or self).loaded, name, data)
        self.facts.append(name)

    def document(
        self,
        to: str | None,
        fields: Mapping[str, Any],
        *,
        kind: str | None = None,
        title: str | None = None,
        to_name: str | None = None,
        remedy: str | None = None,
        part: str | None = None,
        issuer: str | None = None,
    ) -> str:
        """Issue the paper that the row names: the fact `document-issued`. Returns the document's id.

        `to` is the organisation addressed (None: an internal paper); `issuer` defaults to the last organisation the actor acts for.
        """
        document = new_id("document")
        kind = kind or str(self.rule.document)
        actor = self.unit.command.actor
        issuer = issuer or (actor.organisations[-1] if actor.organisations else None)
        self.fact(
            DOCUMENT_ISSUED,
            {
                "document": document,
                "kind": kind,
                "title": title or kind,
                "root": self.root.id,
                "root_kind": self.root.kind,
                "root_number": self.root.number,
                "part": part or (self.part.id if self.part else None),
                "act": self.rule.name,
                "clause": self.clause,
                "addressee": to,
                "addressee_name": to_name,
                "issuer": issuer,
                "fields": dict(fields),
                "remedy": remedy,
                "signed_on": self.today.isoformat(),
                "signed_by": actor.person,
            },
        )
        self.documents.append({"document": document, "kind": kind, "addressee": to})
        return document

    def later(self, task: str, data: Mapping[str, Any]) -> None:
        """Leave a task for the worker, in the same transaction."""
        row = {"id": new_id("task"), "name": task, "data": dict(data), "root_id": self.root.id}
        self.unit.tasks.append(row)

    def start(self, clock: str, on: date | str, days: int | None = None, part: Part | None = None) -> None:
        """Set a clock running, where the row's `starts` does not suffice; on a part when the act addresses (or names) one."""
        day = date.fromisoformat(on) if isinstance(on, str) else on
        rule = self._clock_rule(clock)
        part = part or self.part
        run = self._performer.clocks.start(
            self.loaded, rule, day, self.data, part_id=part.id if part else "", days=days
        )
        self.clocks.append(clock_entry(run, "started", rule, iso(self.now)))

    def meet(self, clock: str, part: Part | None = None) -> None:
        """End a clock as met by this act."""
        self._end(clock, "met", part)

    def stop(self, clock: str, part: Part | None = None) -> None:
        """End a clock that has lost its ground."""
        self._end(clock, "stopped", part)

    def _clock_rule(self, clock: str) -> ClockRule:
        return self.book.kinds[self.root.kind].clocks[clock]

    def _end(self, clock: str, state: str, part: Part | None) -> None:
        part = part or self.part
        run = self.loaded.clock(clock, part.id if part else None)
        if run and run.state == "running":
            run.state, run.ended_at, run.touched = state, iso(self.now), True
            self.clocks.append(clock_entry(run, state, self._clock_rule(clock), iso(self.now)))

    def extend(self, clock: str, number: int) -> None:
        """Lengthen a running clock by a number of its own unit."""
        run = self.loaded.clock(clock, self.part.id if self.part else None)
        if run is None or run.state != "running":
            raise Refusal("wrong-state", "没有正在计算的期限可以延长", "No such period is running", clock=clock)
        self._performer.clocks.extend(run, number, self.now)
        self.clocks.append(clock_entry(run, "extended", self._clock_rule(clock), iso(self.now)))
