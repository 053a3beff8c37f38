"""The journeys played for real: every event that they told is as it was promised, and the order of each subject has no gap."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from chassis.core.contracts import CLOUD_EVENT
from ops import journeys, topology
from ops.stack import Stack
from tests.contracts.archive import told
from tests.contracts.test_receivers import receivings

Json = dict[str, Any]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def events(own_stack: Stack) -> list[Json]:
    """All that both journeys told."""
    journeys.play(own_stack.url, lambda _="": None)
    return told(own_stack.amqp_url(topology.OPERATOR))


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
