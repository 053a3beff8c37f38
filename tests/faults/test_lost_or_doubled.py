"""Services, gateway and broker are killed in the middle of the journeys: these end, and nothing is lost or doubled.

The measure is an undisturbed stack: the same acts, as often, on the same kinds of root.
"""

from __future__ import annotations

from collections import Counter

import pytest

from ops.journeys import furniture, voluntary
from ops.layout import GATEWAY
from ops.runtime.deployment import BROKER
from ops.runtime.stack import Stack
from tests import inspection
from tests.faults.killing import killing
from tests.stack import Played

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
Done = Counter[tuple[str, str, str]]


def done_in(stack: Stack, dossier: str) -> Done:
    """How often each act was done in one matter."""
    entries = (entry for entry in inspection.entries(stack) if entry.dossier == dossier)
    return Counter((entry.service, entry.kind, entry.act) for entry in entries)


def difference(done: Done, expected: Done) -> dict[str, Done]:
    """What is missing and what is too much; empty when the two are the same."""
    return {name: rest for name, rest in (("lost", expected - done), ("doubled", done - expected)) if rest}


def test_a_journey_ends_though_services_and_gateway_are_killed_in_a_loop(own_stack: Stack, played: Played) -> None:
    targets = (*own_stack.layout.services, GATEWAY)
    with killing(own_stack, targets, every=1.5, at_most=90.0) as kills:
        dossier = furniture.play(own_stack.url, lambda _: None)
    own_stack.wait()
    assert set(kills.killed) == set(targets), kills.killed
    inspection.wait_settled(own_stack, 180.0)
    assert difference(done_in(own_stack, dossier), done_in(played.stack, played.furniture)) == {}, kills.killed


def test_a_journey_ends_though_the_broker_is_killed_in_its_middle(own_stack: Stack, played: Played) -> None:
    with killing(own_stack, (BROKER,), every=0.8, at_most=30.0) as kills:
        dossier = voluntary.play(own_stack.url, lambda _: None)
    own_stack.wait()
    assert kills.killed
    inspection.wait_settled(own_stack, 180.0)
    assert difference(done_in(own_stack, dossier), done_in(played.stack, played.voluntary)) == {}, kills.killed


def test_a_disturbed_stack_has_stored_what_an_undisturbed_one_stores(own_stack: Stack, played: Played) -> None:
    assert difference(inspection.done(own_stack), inspection.done(played.stack)) == {}
    assert inspection.gaps(own_stack) == {}
    assert {series: len(given) for series, given in inspection.numbers(own_stack).items()} == {
        series: len(given) for series, given in inspection.numbers(played.stack).items()
    }


def test_every_fact_was_published_in_order_and_nothing_is_left_over(own_stack: Stack) -> None:
    """A relay killed between sending and noting it sends again: the archive may hold a fact twice, receivers take it once."""
    events = inspection.published(own_stack)
    once = list({event["id"]: event for event in events}.values())
    assert inspection.out_of_order(once) == {}
    assert len({(event["subject"], event["sequence"]) for event in events}) == len(once)
    assert inspection.pending(own_stack) == [] and inspection.left_over(own_stack) == []


def test_every_chain_verifies(own_stack: Stack) -> None:
    assert inspection.broken_chains(own_stack) == []
