"""The way of one act: command, lock, rulebook, function, clocks, journal, facts, in one transaction.

An act of a person, an event that moves a root and a task of the service all go through `Work.perform`.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import RAISE, ValidationError
from sqlalchemy import Connection, insert, select

from chassis.core import approvals, store, tables
from chassis.core.access import may_act, reads
from chassis.core.canonical import compact
from chassis.core.clockwork import Clockwork, told
from chassis.core.command import Command, Moment, Unit
from chassis.core.errors import Refusal
from chassis.core.facts import DOCUMENT_ISSUED, envelope
from chassis.core.ids import kind_of, new_id
from chassis.core.journal import chain
from chassis.core.marks import ActMark
from chassis.core.outbox import slot_of
from chassis.core.rulebook import DRAFT_ACTS, ActRule, KindRule
from chassis.core.schema import load as load_schema
from chassis.core.schema import marked, named_roots
from chassis.core.seal import is_reference, references, seal_value
from chassis.core.store import Loaded, Part, Party, Root
from chassis.core.times import iso, today
from chassis.core.tokens import Actor


class Handle:
    """A root inside an act: the one addressed, one that is named, or one that was opened."""

    def __init__(self, loaded: Loaded, unit: "Unit") -> None:
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
        work: "Work",
        unit: "Unit",
        rule: ActRule,
        loaded: Loaded,
        part: Part | None,
        data: dict[str, Any],
        named: Any,
    ) -> None:
        super().__init__(loaded, unit)
        self._work = work
        self.rule = rule
        self.part = part
        self.data = data
        self.named_roots: dict[str, list[Loaded]] = named
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
        return self._work.settings

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
        return self._work.unseal(self.unit, reference) if is_reference(reference) else reference

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
        opened = self._work.open(self.unit, kind, act, data, dossier or self.root.dossier, id)
        self.opened.append(opened.root.id)
        return opened

    def fact(self, name: str, data: Mapping[str, Any], about: Handle | None = None) -> None:
        """Tell the world: `<service>.<name>.v1` with the root (or another handle's) as its subject."""
        self._work.tell(self.unit, (about or self).loaded, name, data)
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
        found = new_id("document")
        kind = kind or str(self.rule.document)
        actor = self.unit.command.actor
        issuer = issuer or (actor.organisations[-1] if actor.organisations else None)
        self.fact(
            DOCUMENT_ISSUED,
            {
                "document": found,
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
        self.documents.append({"document": found, "kind": kind, "addressee": to})
        return found

    def later(self, task: str, data: Mapping[str, Any]) -> None:
        """Leave a task for the worker, in the same transaction."""
        row = {"id": new_id("task"), "name": task, "data": dict(data), "root_id": self.root.id}
        self.unit.tasks.append(row)

    def start(self, clock: str, on: date | str, days: int | None = None, part: Part | None = None) -> None:
        """Set a clock running, where the row's `starts` does not suffice; on a part when the act addresses (or names) one."""
        day = date.fromisoformat(on) if isinstance(on, str) else on
        rule = self._work.kind(self.root.kind).clocks[clock]
        part = part or self.part
        run = self._work.clockwork.start(self.loaded, rule, day, self.data, part_id=part.id if part else "", days=days)
        self.clocks.append(told(run, "started", rule, iso(self.now)))

    def meet(self, clock: str, part: Part | None = None) -> None:
        """End a clock as met by this act."""
        self._end(clock, "met", part)

    def stop(self, clock: str, part: Part | None = None) -> None:
        """End a clock that has lost its ground."""
        self._end(clock, "stopped", part)

    def _end(self, clock: str, state: str, part: Part | None) -> None:
        part = part or self.part
        run = self.loaded.clock(clock, part.id if part else None)
        if run and run.state == "running":
            run.state, run.ended_at, run.touched = state, iso(self.now), True
            self.clocks.append(told(run, state, self._work.kind(self.root.kind).clocks[clock], iso(self.now)))

    def extend(self, clock: str, number: int) -> None:
        """Lengthen a running clock by a number of its own unit."""
        run = self.loaded.clock(clock, self.part.id if self.part else None)
        if run is None or run.state != "running":
            raise Refusal("wrong-state", "没有正在计算的期限可以延长", "No such period is running", clock=clock)
        self._work.clockwork.extend(run, number, self.now)
        self.clocks.append(told(run, "extended", self._work.kind(self.root.kind).clocks[clock], iso(self.now)))


def _content(loaded: Loaded) -> str:
    """Return all of a root that an act may change without moving it."""
    root, parties = loaded.root, [(p.name, p.who, p.part_id) for p in loaded.parties]
    return compact([root.body, root.dossier, root.number, root.title, parties, [p.body for p in loaded.parts]])


COMMAND = select(tables.commands.c.digest, tables.commands.c.outcome)


class Work:
    """Performs acts for one application: its rulebook, functions, clocks, key and settings."""

    def __init__(self, application: Any, clockwork: Clockwork, seal: Any, settings: Mapping[str, Any]) -> None:
        self.application = application
        self.book = application.rulebook
        self.clockwork = clockwork
        self.seal = seal
        self.settings = settings
        self._schemas: dict[tuple[str, str], Any] = {}

    def kind(self, name: str) -> KindRule:
        """Return the row of a kind; refuses as not-found."""
        found: KindRule | None = self.book.kinds.get(name)
        if found is None:
            raise Refusal("not-found", kind=name)
        return found

    def rule(self, kind: str, act: str) -> ActRule:
        """Return the row of an act; refuses as not-found."""
        found = self.kind(kind).acts.get(act)
        if found is None:
            raise Refusal("not-found", f"没有“{act}”这一行为", f"There is no act {act!r}", act=act, kind=kind)
        return found

    def schema(self, mark: ActMark) -> Any:
        """Return the (kept) instance of an act's schema with its marked and naming fields."""
        key = (mark.kind, mark.name)
        if key not in self._schemas:
            schema = mark.schema()
            self._schemas[key] = (schema, marked(schema), named_roots(schema))
        return self._schemas[key]

    def known(self, connection: Connection, command: Command) -> dict[str, Any] | None:
        """Return the first answer to a command that was performed before; refuses its id under another body."""
        row = connection.execute(COMMAND.where(tables.commands.c.id == command.id)).one_or_none()
        if row is None:
            return None
        if row.digest != command.digest():
            raise Refusal("command-reused", command=command.id)
        answer: dict[str, Any] = json.loads(row.outcome)
        return answer | {"repeat": True}

    def perform(self, connection: Connection, command: Command, now: datetime) -> dict[str, Any]:
        """Perform a command inside the caller's transaction and return its outcome; a Refusal leaves nothing to commit."""
        if command.act in DRAFT_ACTS:
            return approvals.step(self, connection, command, now)
        rule = self.rule(command.kind, command.act)
        unit = Unit(connection, command, now)
        act = self.prepare(unit, rule)
        if isinstance(act, dict):
            return act
        self.check(unit, act)
        if rule.approval and command.by_person and command.draft is None:
            outcome = approvals.draft(self, unit, act)
        else:
            self.run(act)
            outcome = self.outcome(act)
        self.finish(unit, outcome)
        return outcome

    def prepare(self, unit: Unit, rule: ActRule) -> "Act | dict[str, Any]":
        """Read and lock what the command names; answer a repeat; refuse a stranger, bad data, a stale version."""
        command, connection = unit.command, unit.connection
        mark = self.application.functions[(command.kind, command.act)][0]
        schema, marks, naming = self.schema(mark)
        data: dict[str, Any] = {}
        fault: Refusal | None = None
        held = {
            key: command.data[key] for key in marks if command.draft is not None and is_reference(command.data.get(key))
        }
        try:
            data = (
                load_schema(
                    schema, {k: v for k, v in command.data.items() if k not in held}, today(unit.now), tuple(held)
                )
                | held
            )
        except Refusal as refusal:
            fault = refusal
        names = {key: [data[key]] if isinstance(data[key], str) else list(data[key]) for key in naming if data.get(key)}
        if rule.new:
            loaded = store.new_root(
                rule.kind, self.book.name, iso(unit.now), id=command.new_id, dossier=command.dossier
            )
            found = store.load_many(connection, [i for ids in names.values() for i in ids], lock=True)
        else:
            if command.root is None or kind_of(command.root) != rule.kind:
                raise Refusal("not-found", root=command.root, kind=rule.kind)
            found = store.load_many(connection, [command.root, *(i for ids in names.values() for i in ids)], lock=True)
            loaded = found[command.root]
        known = self.known(connection, command)
        if known:
            return known
        part = self._addressed(rule, loaded, command)
        self._admit(rule, command, loaded, part)
        if fault:
            fault.act, fault.clause = rule.name, rule.clause
            raise fault
        if command.by_person and not rule.new and command.draft is None:
            self._current(command, part.version if part else loaded.root.version)
        named = {key: [found[i] for i in ids] for key, ids in names.items()}
        self._may_name(command, named)
        data = self._seal_marked(unit, loaded.root.id, data, marks)
        return Act(self, unit, rule, loaded, part, data, named)

    def _addressed(self, rule: ActRule, loaded: Loaded, command: Command) -> Part | None:
        if rule.on is None or rule.new:
            return None
        part = loaded.part(command.part)
        if part is None or part.kind != rule.on:
            raise Refusal(
                "not-found",
                f"请指明{rule.on}",
                f"Name the {rule.on} that the act is on",
                part=command.part,
                act=rule.name,
                clause=rule.clause,
            )
        return part

    def _admit(self, rule: ActRule, command: Command, loaded: Loaded, part: Part | None) -> None:
        """Refuse whoever the row does not name: as not-found where they may not even see the root."""
        if command.event is not None:
            return
        part_id = part.id if part else None
        actor = command.judged
        if any(may_act(self.book.actors[name], actor, loaded.parties, self.settings, part_id) for name in rule.by):
            return
        visible = rule.new or reads(
            self.book, self.kind(rule.kind), actor, loaded.parties, loaded.root.state, self.settings
        )
        if not visible:
            raise Refusal("not-found", root=loaded.root.id)
        if actor.person is None and not actor.system:
            raise Refusal("unauthenticated", act=rule.name, clause=rule.clause)
        allowed = [self.book.actors[name] for name in rule.by]
        raise Refusal(
            "forbidden",
            f"“{rule.zh}”由{'、'.join(a.zh for a in allowed) or '系统'}实施",
            f"This is for: {', '.join(a.en for a in allowed) or 'the system'}",
            clause=rule.clause,
            act=rule.name,
            by=list(rule.by),
        )

    def _current(self, command: Command, version: int) -> None:
        if command.expects is None:
            raise Refusal("version-required", act=command.act, version=version)
        if command.expects != version:
            raise Refusal("stale", act=command.act, version=version, expected=command.expects)

    def _may_name(self, command: Command, named: Mapping[str, list[Loaded]]) -> None:
        """Another root may be named only by whoever may see it."""
        if not command.by_person:
            return
        for field_name, others in named.items():
            for other in others:
                kind = self.kind(other.root.kind)
                if not reads(self.book, kind, command.actor, other.parties, other.root.state, self.settings):
                    raise Refusal(
                        "invalid", errors={field_name: [f"没有找到 / not found: {other.root.id}"]}, act=command.act
                    )

    def _seal_marked(self, unit: Unit, root_id: str, data: dict[str, Any], marks: Mapping[str, str]) -> dict[str, Any]:
        for key, mark in marks.items():
            if data.get(key) not in (None, "") and not is_reference(data[key]):
                data[key], row = seal_value(self.seal, data[key], mark)
                unit.sealed.append(row | {"root_id": root_id})
        return data

    def unseal(self, unit: Unit, reference: Mapping[str, str]) -> Any:
        """Return the value of a reference, also of one sealed in this very unit; None where it has been erased."""
        fresh = next((row for row in unit.sealed if row["id"] == reference["$sealed"]), None)
        if fresh is None:
            found = (
                unit.connection.execute(select(tables.sealed).where(tables.sealed.c.id == reference["$sealed"]))
                .mappings()
                .one_or_none()
            )
            fresh = dict(found) if found else None
        if fresh is None or fresh["box"] is None:
            return None
        return json.loads(self.seal.open(fresh["box"], fresh["id"]))

    def moment(self, unit: Unit, act: "Act") -> Moment:
        """Return what the guards of an act judge on."""
        loaded = act.loaded
        root = None if loaded.root.new else loaded.root
        return Moment(
            root,
            act.part,
            act.data,
            loaded.parts,
            loaded.clocks,
            loaded.parties,
            unit.command.judged,
            unit.now,
            self.settings,
            act.named_roots,
        )

    def check(self, unit: Unit, act: "Act") -> None:
        """Refuse an act from the wrong state, outside its period, or without one of its conditions."""
        rule, kind = act.rule, self.kind(act.rule.kind)
        self._check_states(rule, kind, act)
        self.clockwork.require(rule, kind, act.loaded, act.part.id if act.part else None, unit.now)
        moment = self.moment(unit, act)
        for name in rule.needs:
            if not self.application.guards[name](moment):
                zh, en = self.application.guard_texts(name)
                raise Refusal("guard", zh, en, clause=rule.clause, act=rule.name, guard=name)

    def _check_states(self, rule: ActRule, kind: KindRule, act: "Act") -> None:
        for group, states in rule.sources.items():
            if group == rule.kind:
                self._in_state(
                    rule, kind.states, act.loaded.root.state, kind.open_states() if states is None else states
                )
            elif group == rule.on and act.part:
                part = kind.parts[group]
                self._in_state(rule, part.states, act.part.state, frozenset(part.states) if states is None else states)
                if rule.kind not in rule.sources and act.loaded.root.state in kind.final:
                    self._in_state(rule, kind.states, act.loaded.root.state, kind.open_states())
            elif group in self.book.kinds:
                other = self.book.kinds[group]
                for loaded in (x for found in act.named_roots.values() for x in found if x.root.kind == group):
                    self._in_state(
                        rule,
                        other.states,
                        loaded.root.state,
                        other.open_states() if states is None else states,
                        loaded.root.id,
                    )

    def _in_state(
        self, rule: ActRule, texts: Mapping[str, Any], state: str, allowed: frozenset[str], root: str | None = None
    ) -> None:
        if state in allowed:
            return
        wanted = sorted(allowed)
        named = "、".join(texts[s]["zh"] for s in wanted if s in texts)
        refusal = Refusal(
            "wrong-state",
            f"现为“{texts.get(state, {}).get('zh', state)}”，“{rule.zh}”须在“{named}”时实施",
            f"It is {texts.get(state, {}).get('en', state)}; this act leads from: {', '.join(texts[s]['en'] for s in wanted if s in texts)}",
            clause=rule.clause,
            act=rule.name,
            state=state,
            allowed=wanted,
        )
        if root:
            refusal.facts["root"] = root
        raise refusal

    def run(self, act: "Act") -> None:
        """Run the act's function and write state, clocks and journal from its row."""
        rule, unit, root = act.rule, act.unit, act.root
        before = self._states(act)
        existing = list(act.loaded.parts)
        others = [loaded for found in act.named_roots.values() for loaded in found]
        as_read = [_content(loaded) for loaded in others]
        if root.new:
            root.title = self.kind(rule.kind).zh
        unit.touched[root.id] = act.loaded
        try:
            self.application.functions[(rule.kind, rule.name)][1](act)
            choice = act.choice or (act.data.get(rule.choose) if rule.choose else None)
            moves = rule.moves(choice)
            self._move(act, moves, existing)
            for loaded, content in zip(others, as_read, strict=True):
                state = moves.get(loaded.root.kind) if loaded.root.kind != rule.kind else None
                self._keep_named(act, loaded, state, changed=_content(loaded) != content)
            self._clocks(act)
        except Refusal as refusal:
            refusal.act, refusal.clause = refusal.act or rule.name, refusal.clause or act.clause
            raise
        self._version(act)
        self.enter(act, before)

    def _states(self, act: "Act") -> dict[str, str]:
        found = {act.rule.kind: act.root.state} if act.root.state else {}
        return found | ({act.part.kind: act.part.state} if act.part else {})

    def _move(self, act: "Act", moves: Mapping[str, str], existing: list[Part]) -> None:
        rule = act.rule
        if act.root.new and rule.kind not in moves:
            raise AssertionError(f"{rule.kind}.{rule.name} opens a root without a state (choice {act.choice!r})")
        for group, state in moves.items():
            if group == rule.kind:
                act.root.state = state
            elif group == rule.on and act.part:
                act.part.state = state
                act.touch(act.part)
            else:
                allowed = rule.sources.get(group)
                for part in existing:
                    if part.kind == group and (allowed is None or part.state in allowed):
                        part.state = state
                        act.touch(part)

    def _keep_named(self, act: "Act", loaded: Loaded, state: str | None, *, changed: bool) -> None:
        """Write another root that the act moved or changed, with an entry of its own that names the act's root."""
        if state is None and not changed:
            return
        kind, before = loaded.root.kind, loaded.root.state
        loaded.root.state = state or before
        loaded.root.version += 1
        act.unit.touched[loaded.root.id] = loaded
        extra = {"by_root": act.root.id, "from": {kind: before}, "to": {kind: loaded.root.state}}
        self.append(act.unit, loaded, act.rule.name, act.clause, extra)

    def _clocks(self, act: "Act") -> None:
        """Start, end and extend what the row says.

        A clock that is both met and started: where it runs, it is met and the next period begins; where it does not,
        it is started and met at once, so that a report that comes late is on record as late.
        """
        rule, part_id = act.rule, act.part.id if act.part else None
        running = {run.name for run in act.loaded.clocks if run.state == "running" and run.part_id in ("", part_id)}
        for clock in [clock for clock in rule.meets if clock in running or clock not in rule.starts]:
            act.meet(clock)
        for clock, field_name in rule.starts.items():
            act.start(clock, act.today if field_name == "today" else act.data[field_name])
            if clock in rule.meets and clock not in running:
                act.meet(clock)
        for clock in rule.stops:
            act.stop(clock)
        for clock, field_name in rule.extends.items():
            act.extend(clock, int(act.data[field_name]))

    def _version(self, act: "Act") -> None:
        act.root.version += 1
        if act.part:
            act.touch(act.part)

    def enter(self, act: "Act", before: Mapping[str, str]) -> None:
        """Append the act's own journal entry."""
        extra = {
            "data": act.data,
            "from": before,
            "to": self._states(act),
            "part": act.part.id if act.part else None,
            "noted": act.notes,
            "documents": act.documents,
            "facts": act.facts,
            "clocks": act.clocks,
            "opened": act.opened,
        }
        self.append(act.unit, act.loaded, act.rule.name, act.clause, extra)

    def append(self, unit: Unit, loaded: Loaded, name: str, clause: str | None, extra: Mapping[str, Any]) -> None:
        """Append an entry to a root's journal."""
        root, command = loaded.root, unit.command
        entry: dict[str, Any] = {
            "root": root.id,
            "seq": root.head_seq + 1,
            "at": iso(unit.now),
            "act": name,
            "clause": clause,
            "command": command.id,
            "rulebook": self.book.hash,
            **{key: value for key, value in extra.items() if value not in (None, {}, [])},
        }
        if command.event is not None:
            entry["event"] = {key: command.event[key] for key in ("id", "type", "subject")}
        elif command.actor.system:
            entry["actor"] = {"system": True}
        else:
            actor = command.actor
            entry["actor"] = {"person": actor.person, "organisation": actor.organisation, "posts": list(actor.posts)}
            if actor.deputy:
                entry["actor"]["deputy"] = dict(actor.deputy)
        if command.draft:
            entry["draft"] = command.draft
        text, found = chain(root.head, entry)
        root.head_seq, root.head = root.head_seq + 1, found
        loaded.entries.append(
            {"root_id": root.id, "seq": root.head_seq, "act": name, "at": entry["at"], "entry": text, "hash": found}
        )

    def open(self, unit: Unit, kind: str, act: str, data: Mapping[str, Any], dossier: str, id: str | None) -> "Act":
        """Open a root by an act that its row allows the system."""
        rule = self.rule(kind, act)
        if not rule.new or not any(self.book.actors[name].system for name in rule.by):
            raise AssertionError(f"{kind}.{act} is not an act by which the system opens a root")
        mark = self.application.functions[(kind, act)][0]
        schema, marks, _ = self.schema(mark)
        loaded = store.new_root(kind, self.book.name, iso(unit.now), id=id, dossier=dossier)
        values = load_schema(schema, data, today(unit.now))
        opened = Act(self, unit, rule, loaded, None, self._seal_marked(unit, loaded.root.id, values, marks), {})
        self.run(opened)
        return opened

    def tell(self, unit: Unit, loaded: Loaded, name: str, data: Mapping[str, Any]) -> None:
        """Put a fact into the outbox; its data must fit its schema and hold nothing sealed."""
        schema = self.application.facts[name]
        if references(dict(data)):
            raise AssertionError(f"the fact {name} would carry a marked value")
        try:
            schema.load(dict(data), unknown=RAISE)
        except ValidationError as fault:
            raise AssertionError(f"the fact {name} does not fit its schema: {fault.messages}") from None
        root = loaded.root
        root.facts += 1
        unit.touched[root.id] = loaded
        identifier, body = envelope(
            service=self.application.name,
            name=name,
            subject=root.id,
            sequence=root.facts,
            moment=iso(unit.now),
            dossier=root.dossier,
            data=dict(data),
            traceparent=unit.command.trace,
        )
        unit.facts.append(
            {
                "slot": slot_of(root.id),
                "subject": root.id,
                "sequence": root.facts,
                "message_id": identifier,
                "body": body,
                "routing_key": f"{self.application.name}.{root.kind}.{name}",
                "type": f"{self.application.name}.{name}.v1",
            }
        )

    def standing(self, unit: Unit, loaded: Loaded, rule: ActRule) -> dict[str, Any]:
        """Return what every answer says: where the root stands now, by which act, on which clause, at what time."""
        root, kind = loaded.root, self.kind(loaded.root.kind)
        return {
            "root": root.id,
            "kind": root.kind,
            "title": root.title,
            "number": root.number,
            "dossier": root.dossier,
            "state": root.state,
            "state_zh": kind.states[root.state]["zh"],
            "state_en": kind.states[root.state]["en"],
            "version": root.version,
            "part": None,
            "part_version": None,
            "act": rule.name,
            "zh": rule.zh,
            "en": rule.en,
            "clause": rule.clause,
            "seq": root.head_seq,
            "at": iso(unit.now),
            "clocks": [],
            "documents": [],
            "opened": [],
            "added": [],
            "noted": {},
            "draft": None,
            "repeat": False,
        }

    def outcome(self, act: "Act") -> dict[str, Any]:
        """Return the answer to an act: the standing, with the clocks, papers, roots and parts that came of it."""
        return self.standing(act.unit, act.loaded, act.rule) | {
            "part": act.part.id if act.part else None,
            "part_version": act.part.version if act.part else None,
            "clause": act.clause,
            "clocks": act.clocks,
            "documents": act.documents,
            "opened": act.opened,
            "added": [{"kind": part.kind, "id": part.id} for part in act.loaded.parts if part.new],
            "noted": act.notes,
        }

    def finish(self, unit: Unit, outcome: Mapping[str, Any], command: Command | None = None) -> None:
        """Write all of a unit, and the command (by default the unit's own) with its outcome."""
        command = command or unit.command
        self.write(unit)
        unit.connection.execute(
            insert(tables.commands),
            {"id": command.id, "digest": command.digest(), "outcome": compact(outcome), "at": iso(unit.now)},
        )

    def write(self, unit: Unit) -> None:
        """Write roots, sealed values, drafts, facts and tasks of a unit."""
        connection = unit.connection
        for loaded in sorted(unit.touched.values(), key=lambda found: found.root.id):
            store.write(connection, loaded, iso(unit.now))
        if unit.sealed:
            connection.execute(insert(tables.sealed), unit.sealed)
        for statement in unit.drafts:
            connection.execute(statement)
        if unit.facts:
            connection.execute(insert(tables.outbox), unit.facts)
        if unit.tasks:
            connection.execute(insert(tables.tasks), unit.tasks)
