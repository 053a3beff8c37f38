"""The return rate: the sample case's figures, and what holds for every recall."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall.domain.rates import (
    NOTHING,
    WHOLE,
    CountFault,
    Quantities,
    Recovered,
    check_recovered,
    percent,
    reaches,
    return_rate,
)

DESKS = Quantities(produced=1260, warehouse=180, dealers=310, consumers=770)

counts = st.integers(min_value=0, max_value=10**7)


@st.composite
def quantities(draw):
    warehouse, dealers, consumers = draw(counts), draw(counts), draw(counts)
    return Quantities(
        max(1, warehouse + dealers + consumers), warehouse or int(not dealers + consumers), dealers, consumers
    )


@st.composite
def recalls(draw):
    """A recall's quantities and two cumulative counts, the second never below the first."""
    drawn = draw(quantities())
    dealers = sorted([draw(st.integers(0, drawn.dealers)), draw(st.integers(0, drawn.dealers))])
    consumers = sorted([draw(st.integers(0, drawn.consumers)), draw(st.integers(0, drawn.consumers))])
    return drawn, Recovered(dealers[0], consumers[0]), Recovered(dealers[1], consumers[1])


def test_the_sample_case_has_1080_distributed_desks():
    assert DESKS.distributed == 1080


@pytest.mark.parametrize(("recovered", "rate", "shown"), [((296, 121), 3861, "38.6%"), ((310, 402), 6592, "65.9%")])
def test_the_two_rounds_of_the_sample_case_have_the_published_rates(recovered, rate, shown):
    computed = return_rate(Recovered(*recovered), DESKS)
    assert (computed, percent(computed)) == (rate, shown)


@pytest.mark.parametrize(
    ("rate", "shown"), [(0, "0.0%"), (9, "0.0%"), (10, "0.1%"), (9999, "99.9%"), (10000, "100.0%")]
)
def test_a_rate_is_shown_to_a_tenth_and_never_rounded_up(rate, shown):
    assert percent(rate) == shown


def test_quantities_that_do_not_add_up_are_refused():
    with pytest.raises(CountFault) as fault:
        Quantities(1260, 180, 310, 769)
    assert fault.value.field == "produced"
    assert "1259" in fault.value.en


def test_a_recall_of_nothing_is_refused():
    with pytest.raises(CountFault, match="nothing to recall"):
        Quantities(0, 0, 0, 0)


def test_a_negative_count_is_refused_by_its_name():
    with pytest.raises(CountFault) as fault:
        Quantities(10, 20, -10, 0)
    assert fault.value.field == "dealers"


def test_more_than_what_was_distributed_cannot_come_back():
    with pytest.raises(CountFault) as fault:
        check_recovered(Recovered(311, 0), DESKS)
    assert fault.value.field == "dealers"


def test_a_cumulative_count_cannot_fall_without_a_correction():
    with pytest.raises(CountFault, match="correct that report") as fault:
        check_recovered(Recovered(296, 120), DESKS, before=Recovered(296, 121))
    assert fault.value.field == "consumers"


def test_what_never_left_the_warehouse_is_wholly_recovered():
    assert return_rate(NOTHING, Quantities(5, 5, 0, 0)) == WHOLE


def test_a_target_is_reached_only_when_it_is_really_reached():
    assert not reaches(Recovered(310, 661), DESKS, 90)
    assert reaches(Recovered(310, 662), DESKS, 90)


@given(recalls())
def test_a_rate_is_never_above_the_whole_and_never_falls_as_units_come_back(recall):
    distribution, first, second = recall
    check_recovered(first, distribution)
    check_recovered(second, distribution, before=first)
    assert 0 <= return_rate(first, distribution) <= return_rate(second, distribution) <= WHOLE


@given(recalls(), st.integers(1, 100))
def test_a_rate_shown_at_or_above_a_target_means_the_target_is_reached(recall, target):
    distribution, first, _ = recall
    assert (return_rate(first, distribution) >= target * 100) == reaches(first, distribution, target)


@given(recalls(), st.sampled_from(["dealers", "consumers"]), st.integers(1, 1000))
def test_every_fall_and_every_excess_is_refused(recall, field, by):
    distribution, first, second = recall
    held = {"dealers": first.dealers, "consumers": first.consumers}
    with pytest.raises(CountFault):
        check_recovered(Recovered(**{**held, field: getattr(distribution, field) + by}), distribution)
    with pytest.raises(CountFault):
        check_recovered(Recovered(**{**held, field: getattr(second, field) - by}), distribution, before=second)
