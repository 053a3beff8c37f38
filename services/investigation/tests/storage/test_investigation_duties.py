"""Who has which duty at each step of a case: a row is what happens, and everybody who then has something to do."""

from pathlib import Path

import pytest
from investigation_people import PEOPLE

from chassis.testing import Rules

RULES = Rules(Path(__file__).parents[1] / "rules", kind="case")


def bureau(*acts):
    """The same acts for all of the recall division: each of them may do what waits for it."""
    return {"handler": set(acts), "head": set(acts)}


def both(*acts):
    """The same acts for the recall division and the institution."""
    return bureau(*acts) | {"institution": set(acts)}


def duties(stage):
    """What waits for whom: the acts of each person's duties, those with none left out."""
    waiting = {
        who: {act for duty in stage.office.duties({"token": stage.token(who)})["items"] for act in duty["acts"]}
        for who in PEOPLE
    }
    return {who: acts for who, acts in waiting.items() if acts}


MAIN = [
    (["found"], bureau("notify-producer")),
    (["notified"], {}),
    (["2026-04-08", "notice served"], {"producer": {"submit-analysis"}}),
    (["extension asked"], {"producer": {"submit-analysis"}} | bureau("grant-extension")),
    (["extension granted"], {"producer": {"submit-analysis"}}),
    (["analysis"], {"institution": {"evaluate-analysis"}}),
    (["supplement required"], {}),
    (["supplement served"], {"producer": {"submit-supplement"}}),
    (["supplement"], {"institution": {"evaluate-analysis"}}),
    (["evaluation"], bureau("decide-on-analysis")),
    (["investigate"], bureau("open-investigation")),
    (["opened"], {"institution": {"prepare-plan"}}),
    (["plan"], bureau("approve-plan")),
    (["plan approved"], bureau("form-team")),
    (["team"], bureau("record-visit")),
    (["2026-06-01", "visit"], {"institution": {"draft-report"}}),
    (["report"], bureau("adopt-report")),
    (["report adopted"], both("request-determination")),
    (["determination asked"], {}),
    (["2026-06-30", "opinion"], bureau("record-determination")),
    (["determined"], bureau("notify-recall")),
    (["recall notified"], {}),
    (["2026-07-06", "recall served"], {"producer": {"file-objection"}}),
    (["2026-07-20", "objection"], {"institution": {"review-objection"}}),
    (["review"], bureau("decide-objection")),
    (["objection rejected"], {}),
    (["outcome served"], {}),
    (["order asked after outcome"], bureau("record-order")),
    (["order"], {}),
]
WITHOUT_ANSWER = [
    (["served"], {"producer": {"file-objection"}}),
    (["2026-07-20"], {"producer": {"file-objection"}}),
    (["2026-07-21"], bureau("request-order")),
    (["order asked"], bureau("record-order")),
]
RECALLED = [
    (["served"], {"producer": {"file-objection"}}),
    (["plan filed"], {}),
    (["2026-07-21"], {}),
    (["recall closed"], {}),
]
MEASURES = [
    (["investigating"], {"institution": {"prepare-plan"}}),
    (["measure"], {"institution": {"prepare-plan"}} | bureau("complete-measure")),
    (["measure done"], {"institution": {"prepare-plan"}}),
    (["test"], {"institution": {"prepare-plan", "record-test-result"}} | bureau("record-test-result")),
    (["test result"], {"institution": {"prepare-plan"}}),
    (["city commissioned"], {"institution": {"prepare-plan"}, "shenyang": {"city-report"}}),
    (["city reported"], {"institution": {"prepare-plan"}}),
]
LEFT_OPEN = [
    (["team formed", "measure", "2026-06-01", "visit", "report"], bureau("adopt-report", "complete-measure")),
    (["report adopted"], both("request-determination")),
]
VOLUNTARY = [
    (["submitted"], {"institution": {"evaluate-analysis"}}),
    (["declared"], {"institution": {"evaluate-analysis"}} | bureau("terminate-for-voluntary-recall")),
    (["ended for recall"], {}),
]
IN_PART = [
    (["submitted", {"like": "declared", "data": {"covers_all": False}}], {"institution": {"evaluate-analysis"}}),
]  # fmt: skip
AGREED = [
    (["evaluated"], bureau("decide-on-analysis")),
    (["recall at once"], bureau("notify-recall")),
]
NO_DEFECT = [
    (["determining", {"like": "opinion", "data": {"conclusion": "no_defect"}}], bureau("record-determination")),
    (["no defect determined"], bureau("close-without-defect")),
    (["ended without defect"], {}),
]
SECOND_PANEL = [
    (["objected", "redetermination asked"], {}),
    (["second opinion"], bureau("decide-objection")),
    (["objection upheld"], {}),
]
STORIES = {
    "from the finding to the order": MAIN,
    "neither recall nor objection": WITHOUT_ANSWER,
    "a recall in time": RECALLED,
    "measures": MEASURES,
    "a measure left open when the report is adopted": LEFT_OPEN,
    "a voluntary recall of all": VOLUNTARY,
    "a voluntary recall of a part": IN_PART,
    "recall at once": AGREED,
    "no defect": NO_DEFECT,
    "determined again": SECOND_PANEL,
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_each_step_is_a_duty_of_whoever_is_expected_to_act(stage, story):
    for steps, expected in story:
        for step in steps:
            RULES.take(stage, step)
        assert duties(stage) == expected, steps


def test_a_draft_waits_for_the_post_that_signs_and_not_for_another_draft(stage):
    for step in ("found", {"like": "notified", "sign": False}):
        RULES.take(stage, step)
    assert duties(stage) == {"head": {"approve-draft", "return-draft"}}
