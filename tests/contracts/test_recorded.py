"""The journeys played for real: every event that they told is as it was promised, and the order of each subject has no gap."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from chassis.core.contracts import CLOUD_EVENT
from chassis.core.ids import kind_of
from ops.generate import topology
from ops.layout import SERVICES
from ops.runbooks import archive
from tests.contracts.test_receivers import FOR_CALENDARS, receivings
from tests.evidence import rows
from tests.stack import Played, health, settle

Json = dict[str, Any]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def facts_told(played: Played) -> list[tuple[str, bytes]]:
    """All that both journeys told: routing key and body."""
    return archive.told(played.stack.amqp_url(topology.OPERATOR))


@pytest.fixture(scope="module")
def events(facts_told: list[tuple[str, bytes]]) -> list[Json]:
    return [json.loads(body) for _, body in facts_told]


@pytest.mark.timeout(600)
def test_every_event_is_the_cloud_event_that_was_promised(events: list[Json], facts: dict[str, Json]) -> None:
    envelope = Draft202012Validator(CLOUD_EVENT, format_checker=FormatChecker())
    for event in events:
        assert [fault.message for fault in envelope.iter_errors(event)] == [], event["type"]
        assert event["dataschema"] == facts[event["type"]]["$id"]
        found = [
            f"{'/'.join(map(str, fault.absolute_path))}: {fault.message}"
            for fault in Draft202012Validator(facts[event["type"]]).iter_errors(event["data"])
        ]
        assert found == [], event["type"]


def test_receivers_can_read_every_event_that_moves_them(events: list[Json]) -> None:
    readers = defaultdict(list)
    for kind, rule, trigger, schema in receivings():
        readers[kind].append((f"{rule.kind}.{rule.name}", trigger, Draft202012Validator(schema)))
    moved = set()
    for event in events:
        for act, trigger, reader in readers[event["type"]]:
            if trigger.matches(event["data"]):
                found = [
                    f"{'/'.join(map(str, f.absolute_path))}: {f.message}" for f in reader.iter_errors(event["data"])
                ]
                assert found == [], f"{event['type']} → {act}"
                moved.add(act)
    assert {"case.open-case", "panel.form-panel", "document.number-document", "recall.open-recall"} <= moved


def test_the_journeys_tell_the_facts_that_carry_the_procedure(events: list[Json], facts: dict[str, Json]) -> None:
    never = set(facts) - {event["type"] for event in events}
    never = {kind for kind in never if kind.split(".")[1] not in FOR_CALENDARS}
    assert never <= {  # what goes wrong or back is not on these two ways
        "experts.panel-withdrawn.v1",
        "investigation.case-closed.v1",
        "notify.publication-corrected.v1",
        "notify.publication-withdrawn.v1",
    }


def test_each_subject_is_told_in_order_without_a_gap_and_once(events: list[Json]) -> None:
    sequences: dict[str, list[int]] = defaultdict(list)
    for event in events:
        sequences[event["subject"]].append(int(event["sequence"]))
    assert {subject: found for subject, found in sequences.items() if found != list(range(1, len(found) + 1))} == {}
    assert len({event["id"] for event in events}) == len(events)


def test_routing_keys_are_those_that_receivers_are_bound_to(facts_told: list[tuple[str, bytes]]) -> None:
    for key, body in facts_told:
        event = json.loads(body)
        service, fact, _ = event["type"].split(".")
        assert key == f"{service}.{kind_of(event['subject'])}.{fact}"


def test_what_is_replayed_from_the_archive_is_known_and_changes_nothing(
    played: Played, facts_told: list[tuple[str, bytes]]
) -> None:
    url = played.stack.amqp_url(topology.OPERATOR)
    for service in SERVICES:
        listens = json.loads(played.stack.run(service, "topology").stdout)["listens"]
        assert archive.replay(url, facts_told, service, listens) > 0
    settle(played.stack)
    assert [health(played.stack, service)["faults"] for service in SERVICES] == [[], [], [], [], []]
    assert [fact for fact in archive.told(url) if fact not in facts_told] == []


def test_the_archive_knows_how_far_each_service_has_told(played: Played, facts_told: list[tuple[str, bytes]]) -> None:
    for service in SERVICES:
        told = archive.sequences(facts_told, service)
        kept = dict(rows(played.stack, service, "SELECT id, facts FROM roots WHERE facts > 0"))
        assert told == kept, service
