"""What becomes of a fact that is not taken now, without a broker."""

import pytest

from chassis.host.aside import FAILED_TRIES, REFUSED_TRIES, gaps, verdict, without_brokers_own


@pytest.mark.parametrize("outcome", ["taken", "repeat", "kept"])
def test_what_is_taken_kept_or_known_is_acknowledged(outcome: str) -> None:
    assert verdict("purse", {}, outcome, None) is None


@pytest.mark.parametrize(("outcome", "tries"), [("failed", FAILED_TRIES), ("refused", REFUSED_TRIES)])
def test_a_fact_is_tried_so_often_and_then_parked(outcome: str, tries: int) -> None:
    headers: dict[str, object] = {}
    for turn in range(1, tries):
        aside = verdict("purse", headers, outcome, "why")
        assert aside is not None
        assert (aside.queue, aside.headers["x-attempt"]) == ("purse.retry", turn)
        headers = aside.headers
    last = verdict("purse", headers, outcome, "why")
    assert last is not None
    assert last.queue == "purse.parked"
    assert (last.headers["x-outcome"], last.headers["x-reason"]) == (outcome, "why")
    assert last.headers["x-parked-at"]


def test_a_gap_waits_as_long_as_it_takes() -> None:
    aside = verdict("purse", {"x-attempt": FAILED_TRIES - 1}, "gap", None)
    assert aside is not None
    assert (aside.queue, aside.headers["x-attempt"]) == ("purse.retry", FAILED_TRIES - 1)


def test_the_turns_of_a_gap_are_counted_beside_the_attempts() -> None:
    headers: dict[str, object] = {}
    for turn in range(1, 4):
        aside = verdict("purse", headers, "gap", None)
        assert aside is not None
        headers = aside.headers
        assert (gaps(headers), headers["x-attempt"]) == (turn, 0)
    assert gaps({"x-gaps": "many"}) == 0


def test_what_cannot_be_read_is_parked_at_once() -> None:
    aside = verdict("purse", {}, "undecodable", "no JSON")
    assert aside is not None
    assert aside.queue == "purse.parked"


def test_an_attempt_that_is_no_number_counts_as_none() -> None:
    aside = verdict("purse", {"x-attempt": "many"}, "failed", None)
    assert aside is not None
    assert aside.headers["x-attempt"] == 1


def test_the_brokers_notes_of_dead_letters_are_left_behind() -> None:
    headers = {"x-death": [{}], "x-first-death-queue": "purse.events", "x-delivery-count": 3, "x-attempt": 2, "own": 1}
    assert without_brokers_own(headers) == {"x-attempt": 2, "own": 1}
