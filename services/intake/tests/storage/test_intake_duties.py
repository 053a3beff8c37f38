"""Who has which duty at each step, from the first information to the finding: a row is a step and everybody who has something to do."""

import pytest
from intake_stage import PEOPLE

RECALL = ("recall", "recall_head")
INSTITUTE = ("institution", "institution_head")


def each(people, *acts):
    """The same acts for several people."""
    return {who: set(acts) for who in people}


def duties(stage):
    """What waits for whom: the acts of each person's duties, those with none left out."""
    waiting = {
        who: {
            f"{duty['root_kind']}.{act}"
            for duty in stage.office.duties({"token": stage.token(who)})["items"]
            for act in duty["acts"]
        }
        for who in PEOPLE
    }
    return {who: acts for who, acts in waiting.items() if acts}


def signal(who, act, part=None, **data):
    return {"kind": "signal", "by": who, "act": act, "data": data, "part": part}


def lead(number, who, act, **data):
    return {"kind": "lead", "lead": number, "by": who, "act": act, "data": data}


ACCEPT = each(RECALL, "lead.accept")
SCENARIO = {"title": "吸入甲醛", "severity": 2, "steps": [{"step": "甲醛超标", "probability": "1/2"}]}

MAIN = [
    ("bulletin registered", {"quality": {"bulletin.hand-over"}}),
    ({"kind": "bulletin", "by": "quality", "act": "hand-over"}, ACCEPT),
    ("reported", ACCEPT),
    ("noted", ACCEPT | {"city": {"lead.hand-over", "lead.escalate"}}),
    ({"kind": "lead", "by": "city", "act": "hand-over"}, ACCEPT),
    (lead(2, "recall", "accept", ground="both"), ACCEPT),
    (signal("institution", "cluster", leads=["<lead 1>", "<lead 3>", "<lead 4>"]), each(INSTITUTE, "signal.analyse")),
    (signal("institution", "analyse", summary="示例"), each(INSTITUTE, "signal.recommend")),
    (
        signal("institution", "recommend", recommendation="consult", grounds="示例"),
        each(INSTITUTE + RECALL, "signal.request-consultation"),
    ),
    (
        signal("institution", "request-consultation", question="示例", fields=["家具"], size=3, wanted_by="2026-03-31"),
        each(INSTITUTE, "signal.assess-risk"),
    ),
    (
        signal("institution", "assess-risk", scenarios=[SCENARIO]),
        each(["institution"], "signal.assess-risk")
        | each(["institution_head"], "signal.assess-risk", "signal.validate-risk")
        | each(RECALL, "signal.validate-risk"),
    ),
    (signal("institution_head", "validate-risk", part="assessment"), each(INSTITUTE, "signal.assess-risk")),
    (
        {"opinion": {}},
        each(INSTITUTE, "signal.assess-risk", "signal.conclude-consultation")
        | each(RECALL, "signal.conclude-consultation"),
    ),
    (
        signal("institution", "conclude-consultation", outcome="investigate", minutes="示例"),
        each(RECALL, "signal.find-possible-defect"),
    ),
    (signal("recall", "find-possible-defect", found_on="2026-03-24", grounds="示例"), {}),
]
TRACKED = [
    ("analysed", ACCEPT | each(INSTITUTE, "signal.recommend")),
    (
        signal("institution", "recommend", recommendation="track", grounds="示例"),
        ACCEPT | each(RECALL, "lead.accept", "signal.track"),
    ),
    (signal("recall", "track", reasons="示例"), ACCEPT),
    (
        signal(
            "recall",
            "assign-verification",
            bureau="org_210100",
            area="210100",
            means=["market_purchase"],
            manner="assisting",
            assigned_on="2026-03-24",
            days=10,
            task="示例",
        ),
        ACCEPT | {"city": {"signal.report-verification"}},
    ),
    (signal("city", "report-verification", part="verification", confirmed="yes", findings="示例"), ACCEPT),
]
RECOMMENDED = [("defect recommended", each(RECALL, "lead.accept", "signal.find-possible-defect"))]


@pytest.mark.parametrize(
    "story",
    [MAIN, TRACKED, RECOMMENDED],
    ids=["to the finding", "tracked and verified", "possible defect recommended"],
)
def test_each_step_is_a_duty_of_whoever_is_expected_to_act(stage, story):
    for step, expected in story:
        stage.go(step)
        assert duties(stage) == expected, step


@pytest.mark.parametrize(
    ("ground", "act", "expected"),
    [
        ("other_regime", "record-reply", {"lead.record-reply"}),
        ("producer_elsewhere", "record-producer-reply", {"lead.record-producer-reply", "lead.accept"}),
    ],
)
def test_the_reply_to_a_referral_waits_for_the_recall_division(stage, ground, act, expected):
    stage.go("reported")
    referral = {"ground": ground, "regime": "示例", "authority": "示例机关", "reasons": "示例"}
    stage.do("lead", "refer-out", "recall", referral)
    stage.approve("lead", ["recall_head", "leader"])
    assert duties(stage) == each(RECALL, *expected)
    stage.do("lead", act, "recall", {"reply": "taken_over", "replied_on": "2026-03-24"}, part="referral")
    left = expected - {f"lead.{act}"}
    assert duties(stage) == (each(RECALL, *left) if left else {})
