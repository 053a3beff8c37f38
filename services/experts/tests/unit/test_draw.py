"""The draw: reproducible from its record, fair to everybody on the list, and only from the list."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experts.domain.draw import TooFewEligible, called, draw, left, ranking, redraw, replacement, seed

NONCE = "c0ffee" * 10 + "c0ff"
experts = st.sets(st.integers(0, 10_000).map(lambda n: f"expert_{n:05}"), min_size=1, max_size=30)
nonces = st.binary(min_size=32, max_size=32).map(bytes.hex)


@st.composite
def draws(pick):
    """A pool, a size it can fill, and a nonce."""
    pool = sorted(pick(experts))
    return pool, pick(st.integers(1, len(pool))), pick(nonces)


@given(draws(), st.randoms())
def test_the_order_in_which_the_pool_is_read_does_not_count(given_draw, random):
    pool, size, nonce = given_draw
    shuffled = list(pool)
    random.shuffle(shuffled)
    assert draw("panel_1", "req_1", shuffled + shuffled[:1], nonce, size) == draw("panel_1", "req_1", pool, nonce, size)


@given(draws())
def test_only_eligible_experts_are_drawn_and_nobody_twice(given_draw):
    pool, size, nonce = given_draw
    members = draw("panel_1", "req_1", pool, nonce, size)["members"]
    assert len(members) == len(set(members)) == size
    assert set(members) <= set(pool)


@given(draws())
def test_a_recorded_draw_comes_out_the_same_when_it_is_done_again(given_draw):
    pool, size, nonce = given_draw
    assert redraw(draw("panel_1", "req_1", pool, nonce, size)) == []


@given(draws(), st.sampled_from(["panel", "request", "nonce", "eligible", "members"]))
def test_whatever_is_changed_in_the_record_is_found(given_draw, touched):
    pool, size, nonce = given_draw
    record = draw("panel_1", "req_1", pool, nonce, size)
    if touched == "eligible":
        record["eligible"] = [*record["eligible"], "expert_smuggled"]
    elif touched == "members":
        record["members"] = [*record["members"][:-1], "expert_smuggled"]
    else:
        record[touched] += "0"
    assert redraw(record)


@given(draws(), st.data())
def test_replacements_go_on_in_the_order_of_the_draw(given_draw, data):
    """However members fall out and others become ineligible, the panel follows one ranking, and the draw can be repeated."""
    pool, size, nonce = given_draw
    record = draw("panel_1", "req_1", pool, nonce, size)
    order = ranking(record["seed"], pool)
    gone = data.draw(st.sets(st.sampled_from(pool)))
    walked = list(record["members"])
    while following := replacement(record, f"seat_{len(record['replacements'])}", set(pool) - gone):
        assert following["expert"] not in walked
        assert following["expert"] not in gone
        record["replacements"].append(following)
        walked += [*following["passed_over"], following["expert"]]
    assert walked == order[: len(walked)]
    assert set(left(record)) <= gone
    assert redraw(record) == []


def test_a_replacement_that_jumps_the_order_is_found():
    pool = [f"expert_{n}" for n in range(8)]
    record = draw("panel_1", "req_1", pool, NONCE, 3)
    record["replacements"].append({"seat": "seat_1", "expert": left(record)[1], "passed_over": []})
    assert redraw(record) == ["replacement 1"]


def test_nobody_is_left_when_all_have_been_called():
    record = draw("panel_1", "req_1", ["expert_1", "expert_2"], NONCE, 2)
    assert called(record) == {"expert_1", "expert_2"}
    assert replacement(record, "seat_1", {"expert_1", "expert_2"}) is None


def test_too_few_eligible_experts_are_said_in_numbers():
    with pytest.raises(TooFewEligible) as refused:
        draw("panel_1", "req_1", ["expert_1", "expert_1"], NONCE, 2)
    assert (refused.value.eligible, refused.value.seats) == (1, 2)


def test_another_panel_request_or_nonce_is_another_seed():
    pool = ["expert_1", "expert_2"]
    seeds = {
        seed("panel_1", "req_1", pool, NONCE),
        seed("panel_2", "req_1", pool, NONCE),
        seed("panel_1", "req_2", pool, NONCE),
        seed("panel_1", "req_1", pool, NONCE[::-1]),
        seed("panel_1", "req_1", pool[:1], NONCE),
    }
    assert len(seeds) == 5


def test_everybody_on_the_list_is_drawn_about_as_often():
    """Over 3,000 nonces, nine experts, three seats: each is drawn 1,000 times, within five deviations of 26."""
    pool = [f"expert_{n}" for n in range(9)]
    times = Counter(member for n in range(3000) for member in draw("panel_1", "req_1", pool, f"{n:064x}", 3)["members"])
    assert set(times) == set(pool)
    assert all(abs(seen - 1000) < 130 for seen in times.values()), times


def test_the_draw_stays_what_it_was_when_the_journal_was_written():
    """A change of the algorithm would make old journals unverifiable: these values must not change."""
    record = draw("panel_1", "req_1", [f"expert_{n}" for n in range(5)], "00" * 32, 5)
    assert record["seed"] == "00744b590fa24d2a1cf3a9533d3d41610d47027cb4a84672a938bc0a9af82329"
    assert record["members"] == ["expert_0", "expert_1", "expert_4", "expert_3", "expert_2"]
