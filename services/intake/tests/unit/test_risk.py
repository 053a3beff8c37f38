"""The risk matrix and the assessment: the published example, exact fractions, monotony, sensitivity."""

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.data import load
from intake.domain.risk import Matrix, Scenario, assess, probability

MATRIX = Matrix.of(load("risk_matrix"))
RANK = MATRIX.levels.index

chances = st.builds(lambda a, b: Fraction(min(a, b), max(a, b)), st.integers(1, 10**8), st.integers(1, 10**8))
severities = st.integers(1, 4)


def scenario(severity, *steps):
    return Scenario("示例情景", tuple((f"环节{n}", Fraction(step)) for n, step in enumerate(steps)), severity)


def test_the_published_folding_chair_is_low():
    # folding chair, severity 1, probability 1/500
    assert MATRIX.level(Fraction(1, 500), 1) == "low"


@pytest.mark.parametrize(
    ("chance", "levels"),
    [
        ("3/4", "high serious serious serious"),
        ("1/2", "medium serious serious serious"),
        ("1/10", "medium serious serious serious"),
        ("1/100", "low high serious serious"),
        ("1/1000", "low medium high serious"),
        ("1/10000", "low low medium high"),
        ("1/100000", "low low low medium"),
        ("1/1000000", "low low low low"),
    ],
)
def test_a_probability_on_a_bound_belongs_to_the_row_below(chance, levels):
    assert [MATRIX.level(Fraction(chance), severity) for severity in (1, 2, 3, 4)] == levels.split()


@given(chances, chances, severities)
def test_the_level_never_falls_as_the_probability_rises(one, other, severity):
    low, high = sorted((one, other))
    assert RANK(MATRIX.level(low, severity)) <= RANK(MATRIX.level(high, severity))


@given(chances, severities, severities)
def test_the_level_never_falls_as_the_severity_rises(chance, one, other):
    low, high = sorted((one, other))
    assert RANK(MATRIX.level(chance, low)) <= RANK(MATRIX.level(chance, high))


@given(st.lists(st.tuples(severities, st.lists(chances, min_size=1, max_size=4)), min_size=1, max_size=4))
def test_the_level_of_an_assessment_is_the_highest_of_its_scenarios(rows):
    result = assess([scenario(severity, *steps) for severity, steps in rows], MATRIX)
    assert RANK(result["level"]) == max(RANK(one["level"]) for one in result["scenarios"])


def test_the_probability_of_a_scenario_is_the_exact_product_of_its_steps():
    assert scenario(2, "1/3", "1/7", "0.1").chance == Fraction(1, 210)


def test_a_level_that_moves_when_a_step_is_ten_times_as_likely_is_marked():
    result = assess([scenario(2, "1/500")], MATRIX)
    assert (result["level"], result["sensitive"]) == ("high", True)
    assert result["scenarios"][0]["steps"][0]["level_if_ten_times"] == "serious"
    assert result["scenarios"][0]["steps"][0]["level_if_a_tenth"] == "medium"


def test_a_level_that_stays_either_way_is_not_marked():
    assert assess([scenario(4, "1/20")], MATRIX)["sensitive"] is False


def test_a_step_ten_times_as_likely_never_passes_certainty():
    certain = scenario(1, "1", "1/20")
    assert certain.with_step(0, Fraction(10)) == Fraction(1, 20)


def test_a_lesser_scenario_that_moves_below_the_highest_does_not_mark_the_assessment():
    result = assess([scenario(4, "1/20"), scenario(1, "1/5000000")], MATRIX)
    assert (result["level"], result["sensitive"]) == ("serious", False)


def test_no_float_is_in_a_result():
    def floats(value):
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        return isinstance(value, float) or any(floats(each) for each in inner)

    assert not floats(assess([scenario(3, "1/3", "0.25")], MATRIX))


@pytest.mark.parametrize(
    "text", ["0", "0/5", "1/0", "3/2", "1.5", "-1/2", "1e-9", "", "一半", "0.0000000001", "1/9999999999"]
)
def test_what_is_no_probability_is_refused(text):
    with pytest.raises(ValueError):
        probability(text)


@given(st.text(max_size=12))
def test_reading_a_probability_gives_one_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        assert 0 < probability(text) <= 1


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"above": "1/10", "levels": ["low"] * 4}],
        [
            {"above": "1/10", "levels": ["low"] * 4},
            {"above": "1/2", "levels": ["low"] * 4},
            {"above": 0, "levels": ["low"] * 4},
        ],
        [{"above": 0, "levels": ["low"] * 3}],
        [{"above": 0, "levels": ["low", "low", "low", "unknown"]}],
    ],
)
def test_a_matrix_with_a_fault_is_refused(rows):
    with pytest.raises(ValueError):
        Matrix.of({"name": "示例", "levels": ["low", "high"], "rows": rows})
