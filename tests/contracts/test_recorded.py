"""The events of the played journeys: each is as its contract promises, and the order of each subject has no gap."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from chassis.core.contracts.documents import CLOUD_EVENT
from chassis.core.ids import kind_of
from ops.generate import topology
from ops.layout import SERVICES
from ops.runbooks import archive
from tests.contracts.test_receivers import FOR_CALENDARS, receptions
from tests.inspection import out_of_order, rows
from tests.stack import Played, health, wait_settled

Json = dict[str, Any]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(played: Played) -> list[tuple[str, bytes]]:
    """Every fact of both journeys: routing key and body."""
    return archive.read(played.stack.amqp_url(topology.OPERATOR))


@pytest.fixture(scope="module")
def events(published: list[tuple[str, bytes]]) -> list[Json]:
    return [json.loads(body) for _, body in published]


@pytest.mark.timeout(600)
def test_every_event_is_the_cloud_event_that_was_promised(events: list[Json], facts: dict[str, Json]) -> None:
    envelope = Draft202012Validator(CLOUD_EVENT, format_checker=FormatChecker())
    for event in events:
        assert [error.message for error in envelope.iter_errors(event)] == [], event["type"]
        assert event["dataschema"] == facts[event["type"]]["$id"]
        errors = [
            f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
            for error in Draft202012Validator(facts[event["type"]]).iter_errors(event["data"])
        ]
        assert errors == [], event["type"]


def test_receivers_can_read_every_event_that_triggers_their_acts(events: list[Json]) -> None:
    readers = defaultdict(list)
    for kind, rule, trigger, schema in receptions():
        readers[kind].append((f"{rule.kind}.{rule.name}", trigger, Draft202012Validator(schema)))
    triggered = set()
    for event in events:
        for act, trigger, reader in readers[event["type"]]:
            if trigger.matches(event["data"]):
                errors = [
                    f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
                    for error in reader.iter_errors(event["data"])
                ]
                assert errors == [], f"{event['type']} → {act}"
                triggered.add(act)
    assert {"case.open-case", "panel.form-panel", "document.number-document", "recall.open-recall"} <= triggered


def test_the_journeys_publish_the_facts_that_carry_the_procedure(events: list[Json], facts: dict[str, Json]) -> None:
    never = set(facts) - {event["type"] for event in events}
    never = {kind for kind in never if kind.split(".")[1] not in FOR_CALENDARS}
    assert never <= {  # neither journey withdraws or corrects anything
        "experts.panel-withdrawn.v1",
        "investigation.case-closed.v1",
        "notify.publication-corrected.v1",
        "notify.publication-withdrawn.v1",
    }


def test_each_subject_is_published_in_order_without_a_gap_and_once(events: list[Json]) -> None:
    assert out_of_order(events) == {}
    assert len({event["id"] for event in events}) == len(events)


def test_routing_keys_are_those_that_receivers_are_bound_to(published: list[tuple[str, bytes]]) -> None:
    for key, body in published:
        event = json.loads(body)
        service, fact, _ = event["type"].split(".")
        assert key == f"{service}.{kind_of(event['subject'])}.{fact}"


def test_what_is_replayed_from_the_archive_is_known_and_changes_nothing(
    played: Played, published: list[tuple[str, bytes]]
) -> None:
    url = played.stack.amqp_url(topology.OPERATOR)
    for service in SERVICES:
        listens = json.loads(played.stack.run(service, "topology").stdout)["listens"]
        assert archive.replay(url, published, service, listens) > 0
    wait_settled(played.stack)
    assert [health(played.stack, service)["faults"] for service in SERVICES] == [[], [], [], [], []]
    assert [fact for fact in archive.read(url) if fact not in published] == []


def test_the_archive_has_the_last_sequence_of_every_root(played: Played, published: list[tuple[str, bytes]]) -> None:
    for service in SERVICES:
        in_archive = archive.sequences(published, service)
        in_database = dict(rows(played.stack, service, "SELECT id, facts FROM roots WHERE facts > 0"))
        assert in_archive == in_database, service
