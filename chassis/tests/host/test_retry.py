"""What becomes of a fact that was not taken, without a broker."""

import pytest

from chassis.host.retry import FAILED_TRIES, REFUSED_TRIES, destination_of, gaps_of, without_broker_headers


@pytest.mark.parametrize("outcome", ["taken", "repeat", "kept"])
def test_what_is_taken_kept_or_known_is_acknowledged(outcome: str) -> None:
    assert destination_of("purse", {}, outcome, None) is None


@pytest.mark.parametrize(("outcome", "tries"), [("failed", FAILED_TRIES), ("refused", REFUSED_TRIES)])
def test_a_fact_is_tried_so_often_and_then_parked(outcome: str, tries: int) -> None:
    headers: dict[str, object] = {}
    for attempt in range(1, tries):
        destination = destination_of("purse", headers, outcome, "why")
        assert destination is not None
        assert (destination.queue, destination.headers["x-attempt"]) == ("purse.retry", attempt)
        headers = destination.headers
    last = destination_of("purse", headers, outcome, "why")
    assert last is not None
    assert last.queue == "purse.parked"
    assert (last.headers["x-outcome"], last.headers["x-reason"]) == (outcome, "why")
    assert last.headers["x-parked-at"]


def test_a_gap_waits_as_long_as_it_takes() -> None:
    destination = destination_of("purse", {"x-attempt": FAILED_TRIES - 1}, "gap", None)
    assert destination is not None
    assert (destination.queue, destination.headers["x-attempt"]) == ("purse.retry", FAILED_TRIES - 1)


def test_the_turns_of_a_gap_are_counted_beside_the_attempts() -> None:
    headers: dict[str, object] = {}
    for turn in range(1, 4):
        destination = destination_of("purse", headers, "gap", None)
        assert destination is not None
        headers = destination.headers
        assert (gaps_of(headers), headers["x-attempt"]) == (turn, 0)
    assert gaps_of({"x-gaps": "many"}) == 0


def test_what_cannot_be_read_is_parked_at_once() -> None:
    destination = destination_of("purse", {}, "undecodable", "no JSON")
    assert destination is not None
    assert destination.queue == "purse.parked"


def test_an_attempt_that_is_no_number_counts_as_none() -> None:
    destination = destination_of("purse", {"x-attempt": "many"}, "failed", None)
    assert destination is not None
    assert destination.headers["x-attempt"] == 1


def test_the_headers_the_broker_adds_at_dead_lettering_are_removed() -> None:
    headers = {"x-death": [{}], "x-first-death-queue": "purse.events", "x-delivery-count": 3, "x-attempt": 2, "own": 1}
    assert without_broker_headers(headers) == {"x-attempt": 2, "own": 1}
