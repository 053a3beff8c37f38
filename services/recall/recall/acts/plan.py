"""The plan, its evaluation and its publication, and the stop of production and sale (articles 3(3), 16, 7(4), 7(5))."""

from typing import Any

from chassis.core import Act, Refusal, act
from recall.domain.rates import CountFault, Quantities, check_recovered, quantities_of, recovered_of
from recall.schemas.recalls import (
    AdviseProducer,
    ConfirmStopSale,
    EvaluatePlan,
    FilePlan,
    FileSupplementaryPlan,
    PublishNotice,
    RecallPublished,
    ReviewPlanForm,
    StopProduction,
)

COUNTS = ("produced", "warehouse", "dealers", "consumers")
KEPT_BACK = ("contact", "attachments", "target_percent")
"""What a plan holds for the bureaus and not for the public."""


@act("recall", "file-plan", FilePlan)
def file_plan(do: Act) -> None:
    """Article 16(1): the producer reports its recall plan; with it the recall is begun."""
    do.body["plan"] = _take(do)
    do.body["round"] = 1
    do.add("round", {"number": 1, "began_on": do.today.isoformat()})
    _paper(do, do.body["plan"])
    do.fact("plan-filed", _plan_filed(do))


@act("recall", "file-supplementary-plan", FileSupplementaryPlan)
def file_supplementary_plan(do: Act) -> None:
    """Article 16(1), after 17(4): the whole plan again for another round, with what is changed; it is evaluated anew."""
    before = {name: do.body[name] for name in ("plan", "form_review", "plan_evaluation") if name in do.body}
    plan = _take(do) | {"round": do.body["round"]}
    try:
        check_recovered(recovered_of(do.body["recovered"]), quantities_of(plan))
    except CountFault as fault:
        raise refused(fault) from None
    do.body.setdefault("earlier_plans", []).append(before)
    do.body["plan"] = plan
    for done in ("form_review", "plan_evaluation"):
        do.body.pop(done, None)
    _paper(do, plan)


def _take(do: Act) -> dict[str, Any]:
    """Check the plan's quantities and make its operators parties; neither operators nor the public see who they are."""
    data = {name: value for name, value in do.data.items() if value is not None}
    do.body["quantities"] = {name: data[name] for name in COUNTS} | {"distributed": _counted(do, data).distributed}
    do.body["operators"] = data.pop("operators", [])
    for operator in do.body["operators"]:
        do.party("operator", f"org_{operator['code']}")
    return data | {"filed_on": do.today.isoformat()}


def _counted(do: Act, data: dict[str, Any]) -> Quantities:
    """The plan's quantities, which must add up, with batches that do not exceed them."""
    try:
        quantities = quantities_of(data)
        listed = sum(batch["quantity"] for batch in data["batches"])
        if listed != quantities.produced:
            raise CountFault(
                "batches",
                f"各批次数量之和 {listed} 与生产总数 {quantities.produced} 不一致",
                f"the batches hold {listed} of {quantities.produced}",
            )
    except CountFault as fault:
        raise refused(fault) from None
    return quantities


def refused(fault: CountFault, **names: str) -> Refusal:
    """A count that cannot be, as the refusal of its field (`names` maps a count to the field that holds it)."""
    return Refusal("invalid", errors={names.get(fault.field, fault.field): [f"{fault.zh} / {fault.en}"]})


def public_plan(plan: dict[str, Any]) -> dict[str, Any]:
    """The plan as everybody may see it."""
    return {name: value for name, value in plan.items() if name not in KEPT_BACK}


def _plan_filed(do: Act) -> dict[str, Any]:
    body = do.body
    return {
        "recall": do.root.id,
        **{name: body[name] for name in ("case", "basis", "producer", "product", "hazard", "defect")},
        "plan": public_plan(body["plan"]),
        "measures": body["plan"]["measures"],
        "quantity": body["quantities"]["produced"],
        "filed_on": body["plan"]["filed_on"],
    }


def _paper(do: Act, plan: dict[str, Any]) -> None:
    product = {"product": do.body["product"], "producer": do.body["producer"]}
    do.document(to=None, fields=product | public_plan(plan), issuer=do.parties("producer")[0])


@act("recall", "review-plan-form", ReviewPlanForm)
def review_plan_form(do: Act) -> None:
    """Article 7(4): the institution helps to review the form of the plan."""
    do.body["form_review"] = do.data | {"on": do.today.isoformat()}


@act("recall", "evaluate-plan", EvaluatePlan)
def evaluate_plan(do: Act) -> None:
    """Article 16(2): the institution evaluates the plan and suggests; it has no veto and delays nothing."""
    do.body["plan_evaluation"] = do.data | {"on": do.today.isoformat()}


@act("recall", "publish-notice", PublishNotice)
def publish_notice(do: Act) -> None:
    """Article 16(1): the producer publishes the recall information."""
    do.body["notice"] = do.data
    fields = {name: do.data[name] for name in ("text", "channels", "published_on")}
    do.document(
        to=None,
        fields={"product": do.body["product"], "producer": do.body["producer"]} | fields,
        issuer=do.parties("producer")[0],
    )


@act("recall", "enter-publication", RecallPublished)
def enter_publication(do: Act) -> None:
    """Article 16(3), from the fact of notify: the plan is shown on the national platform; the recall is under way.

    A correction of what was published takes the place of the first entry.
    """
    do.body["publication"] = {name: do.data[name] for name in ("publication", "national_number", "published_on", "url")}
    do.root.number = do.data["national_number"]
    do.choose("begins" if do.root.state == "plan_filed" else "noted")


@act("recall", "advise-producer", AdviseProducer)
def advise_producer(do: Act) -> None:
    """Article 7(5): technical help to producers in their recalls."""
    do.body.setdefault("advice", []).append(do.data | {"on": do.today.isoformat()})


@act("recall", "stop-production", StopProduction)
def stop_production(do: Act) -> None:
    """Article 3(3): a confirmed defect is recalled at once; the producer stops making and selling."""
    do.body["stop_production"] = do.data


@act("recall", "confirm-stop-sale", ConfirmStopSale)
def confirm_stop_sale(do: Act) -> None:
    """Article 3(3): operators assist: stop the sale, tell customers, collect."""
    assert do.actor is not None
    stops = do.body.setdefault("stop_sale", {})
    stops[do.actor.organisation] = do.data
