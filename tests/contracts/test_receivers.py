"""Consumer-driven: every fact has somebody who takes it in, and has all that its receivers cannot do without."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from chassis.core.contracts.schema import json_schema
from chassis.core.rulebook import ActRule, Trigger
from ops.layout import SERVICES

Json = dict[str, Any]
FOR_PARTNERS = {
    "investigation.case-closed.v1": "who follows a matter from outside learns that it ended",
    "notify.publication-withdrawn.v1": "who shows our publications must take them down",
}
"""Facts that no service of ours is moved by; partners read them from the archive stream."""
FOR_CALENDARS = {"clock-near", "clock-lapsed"}
"""Facts that every service with periods may tell: they decide nothing, and whoever keeps a calendar may listen."""
OF_CLOCKS = ("clock-near.v1", "clock-lapsed.v1")
"""Facts of every service's clocks, for whoever keeps a calendar."""


def applications() -> dict[str, Any]:
    return {name: importlib.import_module(f"{name}.app").application for name in SERVICES}


def receivings() -> Iterator[tuple[str, ActRule, Trigger, Json]]:
    """Event type, the act that it performs, how, and the schema by which the receiver reads the data."""
    for application in applications().values():
        for kind, rows in application.rulebook.triggers.items():
            for rule, trigger in rows:
                schema = application.functions[(rule.kind, rule.name)][0].schema
                yield kind, rule, trigger, json_schema(schema)


def resolved(schema: Json, whole: Json) -> Json:
    """The schema itself, where it is given as a reference into its document."""
    while "$ref" in schema:
        target: Any = whole
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    for combined in ("allOf", "anyOf"):
        for part in schema.get(combined, ()):
            if part != {"type": "null"}:
                schema = {**resolved(part, whole), **{k: v for k, v in schema.items() if k != combined}}
    return schema


def types(schema: Json) -> set[str] | None:
    """The JSON types that a value may have; None: any."""
    if "type" not in schema:
        return None
    given = schema["type"]
    return set(given if isinstance(given, list) else [given])


def unmet(wanted: Json, given: Json, wanted_in: Json, given_in: Json, path: str = "data") -> list[str]:
    """What a receiver wants and a sender does not promise: members, types, values of a choice where both name them.

    A choice that the sender promises only as text is checked on what was really told (test_recorded).
    """
    wanted, given = resolved(wanted, wanted_in), resolved(given, given_in)
    may_be, takes = types(given), types(wanted)
    if takes is not None and may_be is not None and not may_be <= takes | ({"integer"} if "number" in takes else set()):
        return [f"{path}: sent as {sorted(may_be)}, read as {sorted(takes)}"]
    if "enum" in wanted and not set(given.get("enum", ())) <= set(wanted["enum"]):
        return [f"{path}: read as one of {wanted['enum']}, sent as one of {given['enum']}"]
    found = []
    required, properties = set(wanted.get("required", ())), given.get("properties")
    for name, member in wanted.get("properties", {}).items():
        if properties is None:
            continue  # an object whose members the sender leaves open
        if name not in properties:
            found += [f"{path}.{name}: wanted, never sent"] if name in required else []
            continue
        if name in required and name not in given.get("required", ()):
            found.append(f"{path}.{name}: wanted, not always sent")
        found += unmet(member, properties[name], wanted_in, given_in, f"{path}.{name}")
    if "items" in wanted and "items" in given:
        found += unmet(wanted["items"], given["items"], wanted_in, given_in, f"{path}[]")
    return found


def test_every_fact_heard_is_a_fact_told(facts: dict[str, Json]) -> None:
    assert {kind for kind, *_ in receivings()} <= set(facts)


def test_every_fact_told_moves_something_or_is_for_partners(facts: dict[str, Json]) -> None:
    heard = {kind for kind, *_ in receivings()}
    assert {name for name in set(facts) - heard if not name.endswith(OF_CLOCKS)} == set(FOR_PARTNERS)


def test_senders_promise_what_their_receivers_cannot_do_without(facts: dict[str, Json]) -> None:
    found = [
        f"{kind} → {rule.kind}.{rule.name}: {what}"
        for kind, rule, _, schema in receivings()
        for what in unmet(schema, facts[kind], schema, facts[kind])
    ]
    assert found == []


def test_what_routes_an_event_to_its_act_is_in_the_fact(facts: dict[str, Json]) -> None:
    for kind, rule, trigger, _ in receivings():
        members, always = set(facts[kind]["properties"]), set(facts[kind]["required"])
        needed = {name for name in (trigger.root, trigger.id) if name} | ({"part"} if rule.on else set())
        assert needed <= always, f"{kind} → {rule.kind}.{rule.name}"
        assert set(trigger.where) <= members, f"{kind} → {rule.kind}.{rule.name}: where"


def test_services_listen_only_to_kinds_of_root_that_exist_and_that_can_move_them() -> None:
    found = applications()
    for application in found.values():
        sources = {kind.split(".")[0] for kind in application.rulebook.triggers}
        for name in application.listens():
            service, kind = name.split(".")
            assert kind in found[service].rulebook.kinds, f"{application.name} listens to {name}"
            assert service in sources, f"{application.name} listens to {name} and nothing of it moves a root"


def test_a_member_that_is_wanted_and_not_sent_is_found() -> None:
    wanted = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
    }
    given = {"type": "object", "required": ["a"], "properties": {"a": {"type": ["string", "null"]}}}
    assert unmet(wanted, given, wanted, given) == [
        "data.a: sent as ['null', 'string'], read as ['string']",
        "data.b: wanted, never sent",
    ]


@pytest.mark.parametrize("sent", [["yes"], ["yes", "no", "perhaps"]])
def test_a_choice_that_the_receiver_does_not_know_is_found(sent: list[str]) -> None:
    wanted, given = {"type": "string", "enum": ["yes", "no"]}, {"type": "string", "enum": sent}
    assert bool(unmet(wanted, given, wanted, given)) is ("perhaps" in sent)
