"""Reads a rulebook from YAML, with the rows of the clause table beside it."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from chassis.core.canonical import digest
from chassis.core.dates.calendar import Length
from chassis.core.errors import ConfigurationFault
from chassis.core.rulebook.model import (
    ActorRule,
    ActRule,
    ClockRule,
    KindMoves,
    KindRule,
    PartRule,
    ReadRule,
    Rulebook,
    Trigger,
)

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
KIND_KEYS = {"zh", "en", "final", "states", "parts", "reads", "marks", "clocks", "acts", "search"}
HEADER_KEYS = {"rulebook", "zh", "en", "in_force", "actors", "approvals", "listens", "replaces", "moves"}


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
        replaces=document.get("replaces"),
        moves={kind: _moves(kind, row) for kind, row in document.get("moves", {}).items()},
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


def _moves(kind: str, row: Mapping[str, Any]) -> KindMoves:
    unknown = set(row) - {"states", "parts", "clocks", "acts"}
    if unknown:
        raise ConfigurationFault([f"moves.{kind}: unknown key {key!r}" for key in sorted(unknown)])
    return KindMoves(
        states=dict(row.get("states", {})),
        parts={part: dict(states) for part, states in row.get("parts", {}).items()},
        clocks={clock: None if target == "stop" else str(target) for clock, target in row.get("clocks", {}).items()},
        acts=dict(row.get("acts", {})),
    )


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
        search=tuple(as_list(row.get("search"))),
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
