"""Consumer-driven: every fact has a receiver, and has every member that its receivers require."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from chassis.core.contracts.schema import json_schema
from chassis.core.rulebook.model import ActRule, Trigger
from ops.layout import SERVICES

Json = dict[str, Any]
FOR_PARTNERS = {
    "investigation.case-closed.v1": "who follows a matter from outside learns that it ended",
    "notify.publication-withdrawn.v1": "who shows our publications must take them down",
}
"""Facts that trigger no act of a service; partners read them from the archive stream."""
FOR_CALENDARS = {"clock-near", "clock-lapsed"}
"""Facts that every service with periods may publish: they decide nothing, calendars may listen to them."""
OF_CLOCKS = ("clock-near.v1", "clock-lapsed.v1")
"""The ends of their event types."""


def applications() -> dict[str, Any]:
    return {name: importlib.import_module(f"{name}.app").application for name in SERVICES}


def receptions() -> Iterator[tuple[str, ActRule, Trigger, Json]]:
    """Event type, the act that it triggers, the trigger, and the schema by which the receiver reads the data."""
    for application in applications().values():
        for kind, rows in application.rulebook.triggers.items():
            for rule, trigger in rows:
                schema = application.definitions.functions[(rule.kind, rule.name)].mark.schema
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


def unmet(required: Json, given: Json, required_in: Json, given_in: Json, path: str = "data") -> list[str]:
    """What a receiver requires and a sender does not promise: members, types, values of a choice where both name them.

    `required` and `given` are schemas within the documents `required_in` and `given_in`. A choice that the sender
    promises only as text is checked on the events of the journeys (test_recorded).
    """
    required, given = resolved(required, required_in), resolved(given, given_in)
    sent, read = types(given), types(required)
    if read is not None and sent is not None and not sent <= read | ({"integer"} if "number" in read else set()):
        return [f"{path}: sent as {sorted(sent)}, read as {sorted(read)}"]
    if "enum" in required and not set(given.get("enum", ())) <= set(required["enum"]):
        return [f"{path}: read as one of {required['enum']}, sent as one of {given['enum']}"]
    differences = []
    always_read, properties = set(required.get("required", ())), given.get("properties")
    for name, member in required.get("properties", {}).items():
        if properties is None:
            continue  # an object whose members the sender leaves open
        if name not in properties:
            differences += [f"{path}.{name}: wanted, never sent"] if name in always_read else []
            continue
        if name in always_read and name not in given.get("required", ()):
            differences.append(f"{path}.{name}: wanted, not always sent")
        differences += unmet(member, properties[name], required_in, given_in, f"{path}.{name}")
    if "items" in required and "items" in given:
        differences += unmet(required["items"], given["items"], required_in, given_in, f"{path}[]")
    return differences


def test_every_fact_received_is_a_fact_published(facts: dict[str, Json]) -> None:
    assert {kind for kind, *_ in receptions()} <= set(facts)


def test_every_fact_published_triggers_an_act_or_is_for_partners(facts: dict[str, Json]) -> None:
    received = {kind for kind, *_ in receptions()}
    assert {name for name in set(facts) - received if not name.endswith(OF_CLOCKS)} == set(FOR_PARTNERS)


def test_senders_promise_what_their_receivers_require(facts: dict[str, Json]) -> None:
    differences = [
        f"{kind} → {rule.kind}.{rule.name}: {difference}"
        for kind, rule, _, schema in receptions()
        for difference in unmet(schema, facts[kind], schema, facts[kind])
    ]
    assert differences == []


def test_what_routes_an_event_to_its_act_is_in_the_fact(facts: dict[str, Json]) -> None:
    for kind, rule, trigger, _ in receptions():
        members, always = set(facts[kind]["properties"]), set(facts[kind]["required"])
        needed = {name for name in (trigger.root, trigger.id) if name} | ({"part"} if rule.on else set())
        assert needed <= always, f"{kind} → {rule.kind}.{rule.name}"
        assert set(trigger.where) <= members, f"{kind} → {rule.kind}.{rule.name}: where"


def test_services_listen_only_to_kinds_of_root_that_exist_and_trigger_their_acts() -> None:
    by_name = applications()
    for application in by_name.values():
        sources = {kind.split(".")[0] for kind in application.rulebook.triggers}
        for name in application.listens():
            service, kind = name.split(".")
            assert kind in by_name[service].rulebook.kinds, f"{application.name} listens to {name}"
            assert service in sources, f"{application.name} listens to {name} and nothing of it triggers an act"


def test_a_member_that_is_required_and_not_sent_is_reported() -> None:
    required = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
    }
    given = {"type": "object", "required": ["a"], "properties": {"a": {"type": ["string", "null"]}}}
    assert unmet(required, given, required, given) == [
        "data.a: sent as ['null', 'string'], read as ['string']",
        "data.b: wanted, never sent",
    ]


@pytest.mark.parametrize("sent", [["yes"], ["yes", "no", "perhaps"]])
def test_a_choice_that_the_receiver_does_not_know_is_reported(sent: list[str]) -> None:
    required, given = {"type": "string", "enum": ["yes", "no"]}, {"type": "string", "enum": sent}
    assert bool(unmet(required, given, required, given)) is ("perhaps" in sent)
