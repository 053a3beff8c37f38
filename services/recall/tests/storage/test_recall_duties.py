"""Who has which duty at each step of a recall, a breach, assigned work: a row is what happens, and everybody who then has something to do."""

from recall_stage import PEOPLE, begin, deliver, do

BREACH = {
    "code": "91210100MA0000A03F",
    "name": "沈阳示例家居商场有限公司",
    "role": "operator",
    "duty": "未停止销售",
    "facts": "示例",
}
OFFICERS = [{"name": "甲", "certificate": "示例证一"}, {"name": "乙", "certificate": "示例证二"}]


def bureau(*acts):
    """The same acts for all of the recall division: each of them may do what waits for it."""
    return {"handler": set(acts), "head": set(acts)}


def enforcement(*acts):
    """The same acts for the division that handles a breach; the province's recall division may handle it too."""
    return bureau(*acts) | {"enforcement": set(acts), "enforcement_head": set(acts)}


def duties(stage):
    """What waits for whom: the acts of each person's duties, those with none left out."""
    waiting = {
        who: {act for duty in stage.office.duties({"token": stage.token(who)})["items"] for act in duty["acts"]}
        for who in PEOPLE
    }
    return {who: acts for who, acts in waiting.items() if acts}


FIRST_ROUND = [
    (["plan"], {
        "producer": {"publish-notice", "submit-progress"},
        "institution": {"review-plan-form", "evaluate-plan"},
    } | bureau("assign-supervision")),
    (["form"], {
        "producer": {"publish-notice", "submit-progress"},
        "institution": {"evaluate-plan"},
    } | bureau("assign-supervision")),
    (["advice"], {"producer": {"publish-notice", "submit-progress"}} | bureau("assign-supervision")),
    (["assigned"], {
        "producer": {"publish-notice", "submit-progress"},
        "shenyang": {"accept-supervision"},
    } | bureau("assign-supervision")),
    (["notice"], {"producer": {"submit-progress"}, "shenyang": {"accept-supervision"}}),
    (["accepted"], {"producer": {"submit-progress"}, "shenyang": {"submit-feedback"}}),
    (["fed back"], {"producer": {"submit-progress"}} | bureau("review-feedback")),
    (["feedback returned"], {"producer": {"submit-progress"}, "shenyang": {"submit-feedback"}}),
    (["fed back"], {"producer": {"submit-progress"}} | bureau("review-feedback")),
    (["feedback noted"], {"producer": {"submit-progress"}}),
    (["progress one"], {"producer": {"submit-progress"}, "institution": {"evaluate-effect"}}),
    (["evaluated insufficient"], {"producer": {"submit-summary"}} | bureau("require-re-recall")),
]  # fmt: skip
SECOND_ROUND = [
    (["required again"], {"producer": {"file-supplementary-plan"}}),
    (["supplementary plan"], {
        "producer": {"publish-notice", "submit-progress"},
        "institution": {"review-plan-form", "evaluate-plan"},
        "shenyang": {"submit-feedback"},
    }),
    (["form", "advice", "notice"], {"producer": {"submit-progress"}, "shenyang": {"submit-feedback"}}),
    (["fed back"], {"producer": {"submit-progress"}, "institution": {"evaluate-effect"}} | bureau("review-feedback")),
    (["feedback noted"], {"producer": {"submit-progress"}, "institution": {"evaluate-effect"}}),
    (["progress two"], {"producer": {"submit-progress"}, "institution": {"evaluate-effect"}}),
    (["evaluated sufficient"], {"producer": {"submit-summary"}}),
    (["summary"], bureau("close-recall")),
    (["closed with reasons"], {}),
]  # fmt: skip


def test_each_step_of_a_recall_is_a_duty_of_whoever_is_expected_to_act(stage):
    recall = begin(stage)
    assert duties(stage) == {"producer": {"file-plan"}}
    for steps, expected in FIRST_ROUND + SECOND_ROUND:
        do(stage, recall, *steps)
        assert duties(stage) == expected, steps


def test_an_objection_takes_the_plan_off_the_duties_and_its_rejection_puts_it_back(stage):
    recall = begin(stage)
    deliver(stage, recall, "investigation.objection-filed.v1", filed_on="2026-07-06")
    assert duties(stage) == {}
    decided = {"outcome": "defect_confirmed", "decided_on": "2026-07-06", "served_on": "2026-07-06"}
    deliver(stage, recall, "investigation.objection-decided.v1", **decided)
    assert duties(stage) == {"producer": {"file-plan"}}


def test_a_feedback_is_given_once_a_round_and_reviewed_once(stage):
    recall = begin(stage)
    do(stage, recall, "plan", "assigned", "accepted", "fed back")
    offered = {act["act"]: [one["guard"] for one in act["unmet"]] for act in offers(stage, "shenyang", recall)}
    assert offered["submit-feedback"] == ["feedback_due"]
    do(stage, recall, "feedback noted")
    offered = {act["act"]: [one["guard"] for one in act["unmet"]] for act in offers(stage, "handler", recall)}
    assert offered["review-feedback"] == ["feedback_not_reviewed"]


def offers(stage, who, root):
    return stage.office.acts({"token": stage.token(who), "id": root})


def violation(stage):
    """A breach opened by the enforcement division, and how people act on it."""
    root = stage.act("enforcement", "violation", "open-violation", None, BREACH)["root"]

    def act(name, who="enforcement", **data):
        stage.act(who, "violation", name, root, data)

    def served(name):
        stage.event(
            "notify.document-served.v1", {"act": name, "served_on": stage.today, "root": root, "document": name}
        )

    return act, served


def test_each_step_of_a_breach_is_a_duty_of_the_bureau_that_handles_it(stage):
    act, served = violation(stage)
    assert duties(stage) == enforcement("investigate-violation")
    act("investigate-violation", officers=OFFICERS, findings="仍在销售", breach=True)
    assert duties(stage) == enforcement("order-correction")
    act("order-correction", requirements="立即停止销售", days=15)
    assert duties(stage) == enforcement("re-check")
    served("order-correction")
    act("re-check", outcome="uncorrected", checked_on=stage.today, findings="仍在销售")
    assert duties(stage) == enforcement("announce-penalty")
    act("announce-penalty", facts="示例", basis="示例", fine=1500000)
    assert duties(stage) == enforcement("hear-statement")
    served("announce-penalty")
    act("hear-statement", stated=False, adopted="期限内未提出")
    assert duties(stage) == {"legal": {"legal-review"}}
    act("legal-review", "legal", outcome="agreed", opinion="示例")
    assert duties(stage) == enforcement("decide-penalty")
    act("decide-penalty", fine=1500000, reasons="示例")
    assert duties(stage) == {}
    served("decide-penalty")
    assert duties(stage) == enforcement("publish-penalty")
    act("publish-penalty", published_on=stage.today, url="示例公示平台")
    assert duties(stage) == enforcement("close-violation")
    act("close-violation", reasons="已履行")
    assert duties(stage) == {}


def test_where_no_breach_is_established_the_matter_waits_to_be_closed(stage):
    act, _ = violation(stage)
    act("investigate-violation", officers=OFFICERS, findings="已停售", breach=False)
    assert duties(stage) == enforcement("close-violation")


def test_each_step_of_assigned_work_is_a_duty_of_the_unit_that_has_it(stage):
    received = {"title": "示例专项核查", "content": "示例", "source": "市场监管总局", "received_on": stage.today}
    work = stage.act("handler", "assignment", "receive-assignment", None, received)["root"]
    assert duties(stage) == bureau("report-to-national")
    share = {"organisation": "org_210100", "area": "210100", "task": "示例", "days": 10}
    stage.act("handler", "assignment", "pass-on-assignment", work, share)
    assert duties(stage) == {"shenyang": {"accept-assignment"}}
    (part,) = stage.parts_of(work, "share")
    stage.act("shenyang", "assignment", "accept-assignment", work, {"officer": "示例"}, part["id"])
    assert duties(stage) == {"shenyang": {"report-assignment"}}
    stage.act("shenyang", "assignment", "report-assignment", work, {"result": "示例"}, part["id"])
    assert duties(stage) == bureau("report-to-national")
    stage.act("handler", "assignment", "report-to-national", work, {"result": "示例"})
    assert duties(stage) == {}


def test_a_common_problem_waits_for_guidance_to_the_industry(stage):
    problem = {"title": "板式家具甲醛超标", "product_category": "家具", "description": "示例"}
    root = stage.act("shenyang", "problem", "find-common-problems", None, problem)["root"]
    assert duties(stage) == {"shenyang": {"issue-industry-guidance"}}
    guidance = {"associations": "示例家具协会", "guidance": "示例", "issued_on": stage.today}
    stage.act("shenyang", "problem", "issue-industry-guidance", root, guidance)
    assert duties(stage) == {}
