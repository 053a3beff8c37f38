"""Cases made from the rulebook itself: every act is refused from every state that its row does not name, and to everybody else.

In a service's tests: `test_every_row_keeps_its_word = rows_of(application)`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from chassis.core import Application, Office, Refusal
from chassis.core.acts.command import Command
from chassis.core.acts.definitions import ActFunction
from chassis.core.contracts.schema import Anything
from chassis.core.dates.times import iso
from chassis.core.ids import new_id
from chassis.core.rulebook.model import ActorRule, ActRule, KindRule
from chassis.core.storage import roots, tables
from chassis.core.storage.roots import Party
from chassis.core.trust.access import may_act
from chassis.core.trust.tokens import PUBLIC, SYSTEM, Actor
from chassis.testing.stage import opened

AREAS = ("990000", "990100", "990101")
STRANGERS = {"forbidden", "not-found", "unauthenticated"}


def rows_of(application: Application) -> Callable[..., None]:
    """Return a test, one case an act, that holds the application to its rulebook."""
    acts = [act for kind in application.rulebook.kinds.values() for act in kind.acts.values()]

    @pytest.mark.parametrize("act", acts, ids=lambda act: f"{act.kind}.{act.name}")
    def test(act: ActRule, tmp_path: Path) -> None:
        office = opened(application, tmp_path)
        try:
            bench = Bench(office, act)
            assert list(bench.wrong_answers()) == []
        finally:
            office.close()

    return test


@dataclass(frozen=True)
class Standing:
    """Where an act is tried: the root's state, and that of the part it addresses."""

    root: str
    part: str | None = None


class Bench:
    """One act on an office, tried from every state and by everybody. Its schema is set aside: whatever the data, who and whence decide."""

    def __init__(self, office: Office, act: ActRule) -> None:
        self.office, self.act = office, act
        self.kind: KindRule = office.application.rulebook.kinds[act.kind]
        self.actors = {name: self._person(rule) for name, rule in office.application.rulebook.actors.items()}
        definitions = office.performer.definitions
        function = definitions.function(act.kind, act.name)
        anything = ActFunction(replace(function.mark, schema=Anything), function.perform)
        functions = {**definitions.functions, (act.kind, act.name): anything}
        office.performer.definitions = replace(definitions, functions=functions)

    def _person(self, rule: ActorRule) -> Actor:
        """Somebody who is what a rule says and, as far as may be, nothing else."""
        if rule.system:
            return SYSTEM
        if rule.public:
            return PUBLIC
        own = str(self.office.settings[rule.organisation]) if rule.organisation else f"org_of_{rule.name}"
        area = next(
            (area for area in (*AREAS, *_fitting(rule.area)) if rule.area is None or rule.area.match(area)), None
        )
        return Actor(f"person_{rule.name}", own, (own,), area if rule.area else None, tuple(sorted(rule.offices)[:1]))

    def parties(self) -> list[Party]:
        """Everybody's relation to the root."""
        parties = {
            (rule.party, self.actors[name].organisation)
            for name, rule in self.office.application.rulebook.actors.items()
            if rule.party and self.actors[name].organisation
        }
        return [Party(str(name), str(who)) for name, who in sorted(parties, key=str)]

    def standings(self) -> tuple[list[Standing], list[Standing]]:
        """Where the act may be tried from, and where not."""
        act, kind = self.act, self.kind
        allowed = _allowed(
            act.sources.get(kind.name), kind.open_states() if act.on else frozenset(kind.states), kind, act
        )
        if act.on is None:
            return [Standing(s) for s in sorted(allowed)], [Standing(s) for s in sorted(set(kind.states) - allowed)]
        states = frozenset(kind.parts[act.on].states)
        parts = act.sources.get(act.on, states) or states
        good = [Standing(root, part) for root in sorted(allowed) for part in sorted(parts)]
        bad = [Standing(root, good[0].part) for root in sorted(set(kind.states) - allowed)]
        return good, bad + [Standing(good[0].root, part) for part in sorted(states - parts)]

    def wrong_answers(self) -> Iterator[str]:
        """Yield what the office answered otherwise than the row says."""
        if self.act.new:
            yield from self._strangers(Standing(""))
            return
        good, bad = self.standings()
        who = next(iter(self.act.by), None)
        for standing in bad:
            code = self.tried(standing, who)
            if code != "wrong-state":
                yield f"from {standing}: {code}"
        for name in self.act.by or [None]:
            code = self.tried(good[0], name)
            if code in STRANGERS | {"wrong-state"}:
                yield f"from {good[0]} by {name or 'event'}: {code}"
        yield from self._strangers(good[0])

    def _strangers(self, standing: Standing) -> Iterator[str]:
        for name, actor in {
            **self.actors,
            "nobody": PUBLIC,
            "somebody": Actor("person_x", "org_x", ("org_x",)),
        }.items():
            rules = [self.office.application.rulebook.actors[by] for by in self.act.by]
            if any(may_act(rule, actor, self.parties(), self.office.settings) for rule in rules):
                continue
            code = self.tried(standing, name, actor)
            if code not in STRANGERS:
                yield f"by {name}: {code}"

    def tried(self, standing: Standing, name: str | None, actor: Actor | None = None) -> str:
        """Try the act on a root put there for it, and leave nothing behind; returns the refusal's code, or what else came of it."""
        office = self.office
        with office.database.engine.connect() as connection, connection.begin() as transaction:
            try:
                command = self._command(connection, standing, actor or (self.actors[name] if name else PUBLIC), name)
                office.performer.perform(connection, command, office.clock.now())
            except Refusal as refusal:
                return refusal.code
            except Exception as fault:  # the function stumbled over the empty body: it was let in
                return type(fault).__name__
            finally:
                transaction.rollback()
        return "done"

    def _command(self, connection: Connection, standing: Standing, actor: Actor, name: str | None) -> Command:
        command = Command(new_id("command"), self.act.kind, self.act.name, actor, {})
        if name is None:
            command = replace(command, event={"id": "event_1", "type": "test", "subject": "subject_1"})
        if self.act.new:
            return command
        root, part = self._put(connection, standing)
        return replace(command, root=root, part=part, expects=1)

    def _put(self, connection: Connection, standing: Standing) -> tuple[str, str | None]:
        """Write a root in a state, with everybody as a party and the addressed part."""
        moment = iso(self.office.clock.now())
        loaded = roots.new_root(self.act.kind, self.office.application.rulebook.name, moment)
        loaded.root.state, loaded.root.version, loaded.root.title = standing.root, 1, self.kind.zh
        loaded.parties_added = self.parties()
        roots.write(connection, loaded, moment)
        if standing.part is None:
            return loaded.root.id, None
        row: Mapping[str, Any] = {
            "id": new_id(str(self.act.on)),
            "root_id": loaded.root.id,
            "kind": self.act.on,
            "state": standing.part,
            "version": 1,
            "body": {},
            "opened_at": moment,
        }
        connection.execute(insert(tables.parts), row)
        return loaded.root.id, str(row["id"])


def _allowed(named: frozenset[str] | None, otherwise: frozenset[str], kind: KindRule, act: ActRule) -> frozenset[str]:
    if kind.name not in act.sources:
        return otherwise
    return kind.open_states() if named is None else named


def _fitting(area: re.Pattern[str] | None) -> Iterator[str]:
    """Yield the codes that a rule about areas spells out, if it is not one of the usual three levels."""
    if area is not None:
        yield from re.findall(r"\d{6}", area.pattern)
