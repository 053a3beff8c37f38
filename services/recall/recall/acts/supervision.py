"""Progress reported by the producer, and the territorial bureaus' supervision (articles 16(1), 17(1), 17(2), 4(5))."""

from chassis.core import Act, act
from chassis.core.errors import invalid
from recall.acts.plan import refused
from recall.domain.rates import CountFault, Recovered, check_recovered, quantities_of, recovered_of, return_rate
from recall.schemas.recalls import (
    AcceptSupervision,
    AssignSupervision,
    CorrectProgress,
    ReviewFeedback,
    SubmitFeedback,
    SubmitProgress,
)


@act("recall", "submit-progress", SubmitProgress)
def submit_progress(do: Act) -> None:
    """Article 16(1): what came back since the recall began; when all is done the summary's period begins."""
    before = do.body.get("recovered")
    if before and do.data["as_of"] < before["as_of"]:
        raise invalid(
            "as_of", f"早于上次统计日期 {before['as_of']}", f"earlier than the last report's {before['as_of']}"
        )
    _count(do, do.data["as_of"], recovered_of(before))
    if do.data.get("completed_on"):
        do.body["completed_on"] = do.data["completed_on"]
        do.start("summary", do.data["completed_on"])


@act("recall", "correct-progress", CorrectProgress)
def correct_progress(do: Act) -> None:
    """Article 16(1): the last reported figures were wrong; the right ones take their place, with reasons."""
    before = do.body["recovered"]
    do.body.setdefault("corrections", []).append(
        {"was": before, "reasons": do.data["reasons"], "on": do.today.isoformat()}
    )
    _count(do, before["as_of"], Recovered(0, 0))


def _count(do: Act, as_of: str, before: Recovered) -> None:
    """Put the cumulative figures of the data in the place of the last ones, and list them."""
    recovered = Recovered(do.data["from_dealers"], do.data["from_consumers"])
    quantities = quantities_of(do.body["quantities"])
    try:
        check_recovered(recovered, quantities, before)
    except CountFault as fault:
        raise refused(fault, dealers="from_dealers", consumers="from_consumers") from None
    progress = {"as_of": as_of, "dealers": recovered.dealers, "consumers": recovered.consumers}
    progress |= {"rate": return_rate(recovered, quantities), "round": do.body["round"]}
    do.body["recovered"] = progress
    do.body.setdefault("progress", []).append(progress)
    do.note("recovered", progress)


@act("recall", "assign-supervision", AssignSupervision)
def assign_supervision(do: Act) -> None:
    """Article 17(1): the territorial bureau's part is brought out; the province assigns it."""
    below = do.actor.below if do.actor else None
    if below and not do.data["area"].startswith(below):
        raise invalid("area", "不在本省行政区域内", "not within the province")
    part = do.add("supervision", do.data | {"assigned_on": do.today.isoformat()})
    do.party("assigned_bureau", do.data["organisation"], area=do.data["area"], part=part.id)
    do.start("feedback", do.today, part=part)


@act("recall", "accept-supervision", AcceptSupervision)
def accept_supervision(do: Act) -> None:
    """Article 17(1): the territorial bureau takes it on."""
    assert do.part is not None
    do.part.body["accepted"] = do.data | {"on": do.today.isoformat()}


@act("recall", "submit-feedback", SubmitFeedback)
def submit_feedback(do: Act) -> None:
    """Article 17(2): the city or county checks the producer against its plan, statement and summary, and feeds back."""
    part = do.part
    assert part is not None
    feedback = do.data | {"round": do.body["round"], "supervision": part.id, "organisation": part.body["organisation"]}
    do.body.setdefault("feedback", []).append(feedback)
    part.body["feedback"] = feedback
    do.document(
        to=do.settings["province"],
        fields={"product": do.body["product"], "producer": do.body["producer"]}
        | {k: v for k, v in do.data.items() if k != "attachments"},
    )


@act("recall", "review-feedback", ReviewFeedback)
def review_feedback(do: Act) -> None:
    """Article 4(5): the province supervises the recall: it takes note of a feedback, or has it completed."""
    part = do.part
    assert part is not None
    latest = [row for row in do.body["feedback"] if row["supervision"] == part.id][-1]
    latest["review"] = part.body["review"] = do.data["outcome"]
    latest["review_remarks"] = part.body["review_remarks"] = do.data.get("remarks")
