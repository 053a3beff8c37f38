"""Who may sit on a panel: each rule of eligibility, one by one."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experts.domain.pool import Criteria, Profile, Sitting, field_code, sort_out, why_not

PRODUCER = "91210100MA0000A019"
FIRM = "91210200MA0000A02H"
expert = Profile(
    "expert_1",
    "person_expert1",
    frozenset({"furniture", "chemistry"}),
    frozenset({FIRM}),
    date(2025, 1, 1),
    date(2027, 12, 31),
)
criteria = Criteria("panel_1", "determination", frozenset({"furniture"}), PRODUCER, date(2026, 4, 1))


@pytest.mark.parametrize(
    ("changed", "asked", "reason"),
    [
        ({}, {}, None),
        ({"term_until": date(2026, 4, 1)}, {}, None),
        ({"term_until": date(2026, 3, 31)}, {}, "out_of_term"),
        ({"term_from": date(2026, 4, 2)}, {}, "out_of_term"),
        ({"fields": frozenset({"chemistry"})}, {}, "other_field"),
        ({"fields": frozenset({"chemistry"})}, {"fields": frozenset()}, None),
        ({}, {"producer": FIRM}, "related"),
        ({}, {"producer": None}, None),
    ],
)
def test_term_field_and_relation_decide(changed, asked, reason):
    assert why_not(replace(expert, **changed), replace(criteria, **asked), []) == reason


@pytest.mark.parametrize(
    ("sitting", "purpose", "reason"),
    [
        (Sitting("expert_1", "panel_0", "determination", "confirmed"), "redetermination", "determined_before"),
        (Sitting("expert_1", "panel_0", "determination", "drawn"), "redetermination", "determined_before"),
        (Sitting("expert_1", "panel_0", "consultation", "confirmed"), "redetermination", None),
        (Sitting("expert_1", "panel_0", "consultation", "confirmed"), "determination", None),
        (Sitting("expert_1", "panel_0", "consultation", "conflicted"), "determination", "conflicted"),
        (Sitting("expert_1", "panel_0", "consultation", "replaced"), "determination", "conflicted"),
        (Sitting("expert_1", "panel_1", "determination", "drawn"), "determination", "seated"),
        (Sitting("expert_1", "panel_0", "determination", "released"), "redetermination", None),
        (Sitting("expert_2", "panel_0", "determination", "confirmed"), "redetermination", None),
    ],
)
def test_what_he_did_in_the_same_dossier_decides(sitting, purpose, reason):
    assert why_not(expert, replace(criteria, purpose=purpose), [sitting]) == reason


@pytest.mark.parametrize("asked", ["furniture", "家具", " 家具 "])
def test_a_field_may_be_asked_for_by_its_code_or_its_name(asked):
    assert field_code(asked) == "furniture"


def test_a_field_that_nobody_knows_fits_nobody():
    assert field_code("占星") == "占星"
    assert why_not(expert, replace(criteria, fields=frozenset({field_code("占星")})), []) == "other_field"


people = st.lists(
    st.builds(
        Profile,
        expert=st.integers(1, 40).map(lambda n: f"expert_{n}"),
        person=st.just("person_expert1"),
        fields=st.frozensets(st.sampled_from(["furniture", "chemistry", "toys"]), min_size=1),
        relations=st.frozensets(st.sampled_from([PRODUCER, FIRM])),
        term_from=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
        term_until=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    ),
    unique_by=lambda profile: profile.expert,
)


@given(people)
def test_the_eligible_and_the_others_are_the_whole_pool_and_no_related_expert_is_eligible(pool):
    eligible, others = sort_out(pool, criteria, [])
    assert sorted([*eligible, *others]) == sorted(profile.expert for profile in pool)
    assert eligible == sorted(eligible)
    assert not {profile.expert for profile in pool if PRODUCER in profile.relations} & set(eligible)
