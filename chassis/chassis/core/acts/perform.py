"""Performing an act in one transaction, in stages: load, admit, validate, check, run, write.

An act of a person, an event that moves a root and a task of the service all go through `Performer.perform`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from chassis.core.acts import approval, projections
from chassis.core.acts.act import Act
from chassis.core.acts.clocks import Clocks
from chassis.core.acts.command import Command, Unit, first_outcome, remember
from chassis.core.acts.definitions import ActFunction, Definitions
from chassis.core.acts.entries import append_entry, append_fact
from chassis.core.acts.moment import Moment
from chassis.core.acts.moves import content_of, move, run_clocks, states_of
from chassis.core.acts.outcome import kept, outcome_of, restored, standing
from chassis.core.contracts.schema import load as load_schema
from chassis.core.dates.times import iso, today
from chassis.core.errors import Refusal
from chassis.core.ids import kind_of
from chassis.core.rulebook.model import DRAFT_ACTS, ActRule, KindRule, Rulebook
from chassis.core.storage import roots, tables
from chassis.core.storage.roots import Loaded, Part
from chassis.core.trust.access import may_act, reads
from chassis.core.trust.seal import Seal, is_reference, seal_value

Json = dict[str, Any]


@dataclass(slots=True)
class Target:
    """What a command addresses, as it was loaded: the root with its rulebook, the act's row and function, other roots named.

    `fault` is what is wrong with the data; whoever may not act is told that first.
    """

    loaded: Loaded
    book: Rulebook
    rule: ActRule
    function: ActFunction
    data: Json
    named: dict[str, list[Loaded]]
    fault: Refusal | None
    part: Part | None = None

    @property
    def part_id(self) -> str | None:
        """The id of the addressed part, or None."""
        return self.part.id if self.part else None


class Performer:
    """Performs acts for one service: its definitions, clocks, seal and settings."""

    def __init__(self, definitions: Definitions, clocks: Clocks, seal: Seal, settings: Mapping[str, Any]) -> None:
        self.definitions = definitions
        self.registry = definitions.registry
        self.clocks = clocks
        self.seal = seal
        self.settings = settings

    def perform(self, connection: Connection, command: Command, now: datetime) -> Json:
        """Perform a command inside the caller's transaction and return its outcome; a Refusal leaves nothing to commit."""
        unit = Unit(connection, command, now)
        if command.act in DRAFT_ACTS:
            return self._step_of_draft(unit)
        target = self.load(unit)
        first = first_outcome(connection, command)
        if first is not None:
            return restored(connection, self.registry, first)
        act = self._admitted(unit, target)
        if act.rule.approval and command.by_person:
            outcome = self._record(act, "draft", approval.draft(unit, act))
        else:
            self.run(act)
            outcome = outcome_of(act, self._kind(act.loaded))
        self.write(unit)
        remember(connection, command, kept(outcome, act.root.regime), iso(now))
        return outcome

    def _admitted(self, unit: Unit, target: Target) -> Act:
        """Take a loaded command through the stages that may refuse it."""
        self.admit(unit, target)
        act = self.validate(unit, target)
        self.check(act)
        return act

    def _step_of_draft(self, unit: Unit) -> Json:
        """Take a step on a draft; the signature performs the drafted act in the same transaction."""
        asked = unit.command
        data = load_schema(approval.DraftStep(), asked.data, today(unit.now))
        loaded = self._addressed_root(unit)
        first = first_outcome(unit.connection, asked)
        if first is not None:
            return restored(unit.connection, self.registry, first)
        if self._reads(asked, loaded) is None:
            raise Refusal("not-found", root=asked.root)
        step = approval.step(unit, data)
        if step.signs:
            unit.command = approval.signed_command(unit, step)
            act = self._admitted(unit, self.load(unit))
            approval.sign(unit, step)
            self.run(act)
            outcome = outcome_of(act, self._kind(act.loaded)) | {"draft": {"id": step.row["id"], "state": "signed"}}
        else:
            book = self.registry.of(loaded.root.regime)
            rule = self.registry.act(book.name, loaded.root.kind, step.row["act"])
            append_entry(unit, loaded, book.hash, asked.act, rule.clause, {"data": step.entry})
            outcome = self._draft_outcome(unit, loaded, rule, step)
        self.write(unit)
        remember(unit.connection, asked, kept(outcome, loaded.root.regime), iso(unit.now))
        return outcome

    def _record(self, act: Act, name: str, step: approval.Step) -> Json:
        append_entry(act.unit, act.loaded, act.book.hash, name, act.rule.clause, {"data": step.entry})
        return self._draft_outcome(act.unit, act.loaded, act.rule, step)

    def _draft_outcome(self, unit: Unit, loaded: Loaded, rule: ActRule, step: approval.Step) -> Json:
        answer = standing(unit, loaded, self._kind(loaded), rule)
        return answer | {"part": step.row["part_id"] or None, "draft": approval.summary(step.row)}

    # load: read and lock what the command names

    def load(self, unit: Unit) -> Target:
        """Read and lock the root that the command addresses and those that its data names, in id order."""
        command = unit.command
        function = self.definitions.function(command.kind, command.act)
        data, fault = self._data(unit, function)
        names = {field: _as_ids(data[field]) for field in function.names if data.get(field)}
        others = [root_id for ids in names.values() for root_id in ids]
        if self._opens(command):
            book = self._opening_book(command.kind, command.act, unit.now)
            loaded = roots.new_root(command.kind, book.name, iso(unit.now), id=command.new_id, dossier=command.dossier)
            loaded_others = roots.load_many(unit.connection, others, lock=True)
        else:
            self._require_address(command)
            loaded_others = roots.load_many(unit.connection, [str(command.root), *others], lock=True)
            loaded = loaded_others[str(command.root)]
            book = self.registry.of(loaded.root.regime)
        rule = self._rule(book, command.kind, command.act)
        named = {field: [loaded_others[root_id] for root_id in ids] for field, ids in names.items()}
        return Target(loaded, book, rule, function, data, named, fault)

    def _data(self, unit: Unit, function: ActFunction) -> tuple[Json, Refusal | None]:
        """Return the data as JSON values, or what is wrong with it. Values that a draft holds sealed stay as they are."""
        command = unit.command
        sealed = {
            field: command.data[field]
            for field in function.marks
            if command.draft is not None and is_reference(command.data.get(field))
        }
        plain = {field: value for field, value in command.data.items() if field not in sealed}
        try:
            return load_schema(function.schema, plain, today(unit.now), tuple(sealed)) | sealed, None
        except Refusal as refusal:
            return {}, refusal

    def _opens(self, command: Command) -> bool:
        """Tell whether the act opens a root: by the row of any rulebook where the command names no root."""
        rules = [book.act(command.kind, command.act) for book in self.registry.books.values()]
        return any(rule.new for rule in rules if rule) and (command.root is None or all(r.new for r in rules if r))

    def _opening_book(self, kind: str, act: str, now: datetime) -> Rulebook:
        """Return the rulebook in force under which a root opens; refuses an act by which none opens now."""
        book = self.registry.in_force(today(now))
        rule = self._rule(book, kind, act)
        if not rule.new:
            raise Refusal("not-found", act=act, kind=kind)
        return book

    def _require_address(self, command: Command) -> None:
        if command.root is None or kind_of(command.root) != command.kind:
            raise Refusal("not-found", root=command.root, kind=command.kind)

    def _addressed_root(self, unit: Unit) -> Loaded:
        self._require_address(unit.command)
        return roots.load(unit.connection, str(unit.command.root), lock=True)

    def _rule(self, book: Rulebook, kind: str, act: str) -> ActRule:
        rule = book.act(kind, act)
        if rule is None:
            raise Refusal("not-found", f"没有“{act}”这一行为", f"There is no act {act!r}", act=act, kind=kind)
        return rule

    def _kind(self, loaded: Loaded) -> KindRule:
        return self.registry.kind(loaded.root.regime, loaded.root.kind)

    def _reads(self, command: Command, loaded: Loaded) -> Any:
        """Return what whoever is judged may see of a root; None is nothing."""
        book = self.registry.of(loaded.root.regime)
        kind = book.kinds[loaded.root.kind]
        return reads(book, kind, command.judged, loaded.parties, loaded.root.state, self.settings)

    # admit: who may do it, on which part

    def admit(self, unit: Unit, target: Target) -> None:
        """Find the addressed part; refuse whoever the row does not name, as not-found where they may not even see the root."""
        rule, command, loaded, book = target.rule, unit.command, target.loaded, target.book
        if rule.on is not None and not rule.new:
            target.part = self._addressed_part(rule, loaded, command)
        if command.event is not None:
            return
        actor = command.judged
        if any(may_act(book.actors[who], actor, loaded.parties, self.settings, target.part_id) for who in rule.by):
            return
        if not rule.new and self._reads(command, loaded) is None:
            raise Refusal("not-found", root=loaded.root.id)
        if actor.person is None and not actor.system:
            raise Refusal("unauthenticated", act=rule.name, clause=rule.clause)
        allowed = [book.actors[who] for who in rule.by]
        raise Refusal(
            "forbidden",
            f"“{rule.zh}”由{'、'.join(a.zh for a in allowed) or '系统'}实施",
            f"This is for: {', '.join(a.en for a in allowed) or 'the system'}",
            clause=rule.clause,
            act=rule.name,
            by=list(rule.by),
        )

    def _addressed_part(self, rule: ActRule, loaded: Loaded, command: Command) -> Part:
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

    # validate: the data, the version that was read, the roots that are named

    def validate(self, unit: Unit, target: Target) -> Act:
        """Refuse bad data, a version that is not the present one, and roots that may not be named; return the act in hand."""
        rule, command, loaded = target.rule, unit.command, target.loaded
        if target.fault:
            target.fault.act, target.fault.clause = rule.name, rule.clause
            raise target.fault
        if command.by_person and not rule.new and command.draft is None:
            _require_current(command, target.part.version if target.part else loaded.root.version)
        if command.by_person:
            self._require_visible(unit, target)
        data = self._seal_marked(unit, loaded.root.id, target.data, target.function.marks)
        return Act(self, unit, target.book, rule, loaded, target.part, data, target.named)

    def _require_visible(self, unit: Unit, target: Target) -> None:
        """Another root may be named only by whoever may see it."""
        command = unit.command
        for field, others in target.named.items():
            for other in others:
                book = self.registry.of(other.root.regime)
                kind = book.kinds[other.root.kind]
                if not reads(book, kind, command.actor, other.parties, other.root.state, self.settings):
                    raise Refusal(
                        "invalid", errors={field: [f"没有找到 / not found: {other.root.id}"]}, act=command.act
                    )

    def _seal_marked(self, unit: Unit, root_id: str, data: Json, marks: Mapping[str, str]) -> Json:
        for field, mark in marks.items():
            if data.get(field) not in (None, "") and not is_reference(data[field]):
                data[field], row = seal_value(self.seal, data[field], mark)
                unit.sealed.append(row | {"root_id": root_id})
        return data

    # check: state, period, conditions

    def check(self, act: Act) -> None:
        """Refuse an act from the wrong state, outside its period, or without one of its conditions."""
        unit, rule, kind = act.unit, act.rule, act.book.kinds[act.rule.kind]
        self._check_states(act, kind)
        self.clocks.require(rule, kind, act.loaded, act.part.id if act.part else None, unit.now)
        moment = self._moment(act)
        for name in rule.needs:
            if not self.definitions.guards[name](moment):
                zh, en = self.definitions.guard_texts[name]
                raise Refusal("guard", zh, en, clause=rule.clause, act=rule.name, guard=name)

    def _moment(self, act: Act) -> Moment:
        loaded, unit = act.loaded, act.unit
        return Moment(
            None if loaded.root.new else loaded.root,
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

    def _check_states(self, act: Act, kind: KindRule) -> None:
        rule, root = act.rule, act.loaded.root
        for group, states in rule.sources.items():
            if group == rule.kind:
                _require_state(rule, kind.states, root.state, kind.open_states() if states is None else states)
            elif group == rule.on and act.part:
                part = kind.parts[group]
                _require_state(rule, part.states, act.part.state, frozenset(part.states) if states is None else states)
                if rule.kind not in rule.sources and root.state in kind.final:
                    _require_state(rule, kind.states, root.state, kind.open_states())
            else:
                for other in (other for others in act.named_roots.values() for other in others):
                    if other.root.kind == group:
                        other_kind = self._kind(other)
                        allowed = other_kind.open_states() if states is None else states
                        _require_state(rule, other_kind.states, other.root.state, allowed, other.root.id)

    # run: the act's function, then state, clocks and journal from its row

    def run(self, act: Act) -> None:
        """Run the act's function and write state, clocks and journal from its row."""
        rule, unit, root = act.rule, act.unit, act.root
        before = states_of(act)
        existing = list(act.loaded.parts)
        others = [other for group in act.named_roots.values() for other in group]
        as_read = [content_of(other) for other in others]
        if root.new:
            root.title = act.book.kinds[rule.kind].zh
        unit.touched[root.id] = act.loaded
        try:
            self.definitions.functions[(rule.kind, rule.name)].perform(act)
            moves = rule.moves(act.choice or (act.data.get(rule.choose) if rule.choose else None))
            move(act, moves, existing)
            for other, content in zip(others, as_read, strict=True):
                state = moves.get(other.root.kind) if other.root.kind != rule.kind else None
                if state is not None or content_of(other) != content:
                    self._move_named(act, other, state or other.root.state)
            run_clocks(act)
        except Refusal as refusal:
            refusal.act, refusal.clause = refusal.act or rule.name, refusal.clause or act.clause
            raise
        root.version += 1
        if act.part:
            act.touch(act.part)
        self._enter(act, before)

    def _move_named(self, act: Act, other: Loaded, state: str) -> None:
        """Keep another root that the act moved or changed, with an entry of its own that names the act's root."""
        kind, before = other.root.kind, other.root.state
        other.root.state = state
        other.root.version += 1
        content = {"by_root": act.root.id, "from": {kind: before}, "to": {kind: state}}
        append_entry(act.unit, other, self.registry.of(other.root.regime).hash, act.rule.name, act.clause, content)

    def _enter(self, act: Act, before: Mapping[str, str]) -> None:
        """Append the act's own journal entry."""
        content = {
            "data": act.data,
            "from": before,
            "to": states_of(act),
            "part": act.part.id if act.part else None,
            "noted": act.notes,
            "documents": act.documents,
            "facts": act.facts,
            "clocks": act.clocks,
            "opened": act.opened,
        }
        append_entry(act.unit, act.loaded, act.book.hash, act.rule.name, act.clause, content)

    def open(self, opener: Act, kind: str, act: str, data: Mapping[str, Any], dossier: str, id: str | None) -> Act:
        """Open a root by an act that its row allows the system: under the rulebook in force, or the opener's where that has no such act."""
        unit = opener.unit
        in_force = self.registry.in_force(today(unit.now))
        book = in_force if in_force.act(kind, act) else opener.book
        rule = self._rule(book, kind, act)
        if not rule.new or not any(book.actors[name].system for name in rule.by):
            raise AssertionError(f"{kind}.{act} is not an act by which the system opens a root")
        function = self.definitions.function(kind, act)
        loaded = roots.new_root(kind, book.name, iso(unit.now), id=id, dossier=dossier)
        values = load_schema(function.schema, data, today(unit.now))
        values = self._seal_marked(unit, loaded.root.id, values, function.marks)
        opened = Act(self, unit, book, rule, loaded, None, values, {})
        self.run(opened)
        return opened

    def publish(self, unit: Unit, loaded: Loaded, name: str, data: Mapping[str, Any]) -> None:
        """Put an event about a root into the outbox."""
        append_fact(unit, self.definitions.service, self.definitions.facts, loaded, name, data)

    def unseal(self, unit: Unit, reference: Mapping[str, str]) -> Any:
        """Return the value of a reference, also of one sealed in this very unit; None where it has been erased."""
        row = next((row for row in unit.sealed if row["id"] == reference["$sealed"]), None)
        if row is None:
            query = select(tables.sealed).where(tables.sealed.c.id == reference["$sealed"])
            stored = unit.connection.execute(query).mappings().one_or_none()
            row = dict(stored) if stored else None
        return json.loads(self.seal.open(row["box"], row["id"])) if row and row["box"] is not None else None

    # write: everything of the unit, in the caller's transaction

    def write(self, unit: Unit) -> None:
        """Write sealed values, drafts, roots with what is derived from them, events and tasks of a unit."""
        connection = unit.connection
        if unit.sealed:
            connection.execute(insert(tables.sealed), unit.sealed)
        for statement in unit.drafts:
            connection.execute(statement)
        for loaded in sorted(unit.touched.values(), key=lambda loaded: loaded.root.id):
            derived = projections.projection_of(connection, self.definitions, self.settings, loaded, bool(unit.drafts))
            roots.write(connection, loaded, iso(unit.now))
            derived.write(connection)
        if unit.facts:
            connection.execute(insert(tables.outbox), unit.facts)
        if unit.tasks:
            connection.execute(insert(tables.tasks), unit.tasks)


def _as_ids(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _require_current(command: Command, version: int) -> None:
    if command.expects is None:
        raise Refusal("version-required", act=command.act, version=version)
    if command.expects != version:
        raise Refusal("stale", act=command.act, version=version, expected=command.expects)


def _require_state(
    rule: ActRule, texts: Mapping[str, Any], state: str, allowed: frozenset[str], root: str | None = None
) -> None:
    if state in allowed:
        return
    names = sorted(allowed)
    zh = "、".join(texts[name]["zh"] for name in names if name in texts)
    en = ", ".join(texts[name]["en"] for name in names if name in texts)
    refusal = Refusal(
        "wrong-state",
        f"现为“{texts.get(state, {}).get('zh', state)}”，“{rule.zh}”须在“{zh}”时实施",
        f"It is {texts.get(state, {}).get('en', state)}; this act leads from: {en}",
        clause=rule.clause,
        act=rule.name,
        state=state,
        allowed=names,
    )
    if root:
        refusal.facts["root"] = root
    raise refusal
