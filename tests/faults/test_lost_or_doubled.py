"""Services, gateway and broker die by kill -9 in the middle of the journeys: they end, and nothing is lost or doubled.

What an undisturbed house kept is the measure: the same acts, as often, on the same kinds of root.
"""

from __future__ import annotations

from collections import Counter

import pytest

from ops.journeys import furniture, voluntary
from ops.layout import GATEWAY
from ops.runtime.deployment import BROKER
from ops.runtime.stack import Stack
from tests import evidence
from tests.faults.fire import fire
from tests.stack import Played

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
Done = Counter[tuple[str, str, str]]


def done_in(stack: Stack, dossier: str) -> Done:
    """How often each act was done in one matter."""
    found = (entry for entry in evidence.entries(stack) if entry.dossier == dossier)
    return Counter((entry.service, entry.kind, entry.act) for entry in found)


def difference(found: Done, wanted: Done) -> dict[str, Done]:
    """What is missing and what is too much; empty when the two are the same."""
    return {name: rest for name, rest in (("lost", wanted - found), ("doubled", found - wanted)) if rest}


def test_a_journey_ends_though_services_and_gateway_are_killed_in_a_loop(own_stack: Stack, played: Played) -> None:
    targets = (*own_stack.layout.services, GATEWAY)
    with fire(own_stack, targets, every=1.5, at_most=90.0) as seen:
        dossier = furniture.play(own_stack.url, lambda _: None)
    own_stack.wait()
    assert set(seen.died) == set(targets), seen.died
    evidence.settled(own_stack, 180.0)
    assert difference(done_in(own_stack, dossier), done_in(played.stack, played.furniture)) == {}, seen.died


def test_a_journey_ends_though_the_broker_is_killed_in_its_middle(own_stack: Stack, played: Played) -> None:
    with fire(own_stack, (BROKER,), every=0.8, at_most=30.0) as seen:
        dossier = voluntary.play(own_stack.url, lambda _: None)
    own_stack.wait()
    assert seen.died
    evidence.settled(own_stack, 180.0)
    assert difference(done_in(own_stack, dossier), done_in(played.stack, played.voluntary)) == {}, seen.died


def test_what_the_house_kept_is_what_an_undisturbed_one_keeps(own_stack: Stack, played: Played) -> None:
    assert difference(evidence.done(own_stack), evidence.done(played.stack)) == {}
    assert evidence.gaps(own_stack) == {}
    assert {series: len(given) for series, given in evidence.numbers(own_stack).items()} == {
        series: len(given) for series, given in evidence.numbers(played.stack).items()
    }


def test_every_fact_was_told_in_order_and_nothing_is_left_over(own_stack: Stack) -> None:
    """A relay that died between sending and noting it sends again: the archive may hold a fact twice, receivers take it once."""
    events = evidence.told(own_stack)
    once = list({event["id"]: event for event in events}.values())
    assert evidence.out_of_order(once) == {}
    assert len({(event["subject"], event["sequence"]) for event in events}) == len(once)
    assert evidence.waiting(own_stack) == [] and evidence.left_over(own_stack) == []


def test_every_chain_verifies(own_stack: Stack) -> None:
    assert evidence.broken_chains(own_stack) == []
