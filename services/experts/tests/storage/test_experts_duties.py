"""Who has which duty at each step of a panel: a row is what happens, and everybody who then has something to do."""

import pytest
from experts_stage import PEOPLE, Stage, expert

OPINION = {"conclusion": "defect", "reasons": "两批次样品甲醛释放量均超过限量。"}


def duties(stage: Stage, kind: str = "panel") -> dict[str, set[str]]:
    """What waits for whom on roots of a kind: officials by name, members by the number of their seat; those with none left out."""
    people = dict(PEOPLE)
    if "panel" in stage.last:
        seats = enumerate(stage.seats())
        people |= {f"member {n}": expert(seat["body"]["person"]) for n, seat in seats if seat["state"] != "replaced"}
    waiting = {
        who: {
            act
            for duty in stage.office.duties({"token": stage.token(actor)})["items"]
            if duty["root_kind"] == kind
            for act in duty["acts"]
        }
        for who, actor in people.items()
    }
    return {who: acts for who, acts in waiting.items() if acts}


CONFIRM = {"act": "confirm-seat", "by": "member", "data": {"no_conflict": True}}
FORMED = [
    ("requested", {"institution": {"draw-members"}}),
    ("drawn", {f"member {n}": {"confirm-seat"} for n in (0, 1, 2)}),
    (CONFIRM | {"seat": 0}, {"institution": {"appoint-leader"}, "member 1": {"confirm-seat"}, "member 2": {"confirm-seat"}}),
    (CONFIRM | {"seat": 1}, {"institution": {"appoint-leader"}, "member 2": {"confirm-seat"}}),
    (CONFIRM | {"seat": 2}, {"institution": {"appoint-leader"}}),
    ("led", {"institution": {"appoint-leader", "start-work"}}),
    ("sitting", {"member 0": {"sign-opinion"}}),
    ({"act": "sign-opinion", "by": "leader", "data": OPINION}, {}),
]  # fmt: skip
REPLACED = [
    ("requested", {"institution": {"draw-members"}}),
    ("drawn", {f"member {n}": {"confirm-seat"} for n in (0, 1, 2)}),
    ("conflicted", {"institution": {"replace-member"}, "member 0": {"confirm-seat"}, "member 2": {"confirm-seat"}}),
    (
        {"act": "replace-member", "by": "institution", "seat": 1},
        {f"member {n}": {"confirm-seat"} for n in (0, 2, 3)},
    ),
]
WITHDRAWN = [
    ("requested", {"institution": {"draw-members"}}),
    ({"act": "withdraw-panel", "by": "lead_bureau", "data": {"reasons": "生产者已主动召回"}}, {}),
]


@pytest.mark.parametrize(
    "story", [FORMED, REPLACED, WITHDRAWN], ids=["request to opinion", "a member replaced", "withdrawn"]
)
def test_each_step_of_a_panel_is_a_duty_of_whoever_is_expected_to_act(stage, story):
    stage.go("pool")
    for step, expected in story:
        stage.go(step)
        assert duties(stage) == expected, step


def test_a_registered_expert_waits_for_the_bureau_and_an_ending_term_for_its_renewal(stage):
    person = {"person": "person_new", "name": "专家新", "employer": "示例大学", "fields": ["toys"], "relations": []}
    stage.do("register-expert", "institution", kind="expert", data=person)
    assert duties(stage, "expert") == {"lead_bureau": {"admit-expert"}}
    term = {"term_from": "2026-06-01", "term_until": "2026-09-30"}
    stage.do("admit-expert", "lead_bureau", kind="expert", data=term)
    assert duties(stage, "expert") == {}
    stage.today("2026-08-03")
    assert duties(stage, "expert") == {"lead_bureau": {"renew-expert"}}


def test_an_instruction_waits_for_the_institution_to_say_what_it_did(stage):
    stage.go("instructed")
    assert duties(stage, "instruction") == {"institution": {"report-on-instruction"}}
    stage.do("report-on-instruction", "institution", kind="instruction", data={"wording": "已补充。"})
    assert duties(stage, "instruction") == {}
