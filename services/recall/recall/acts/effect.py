"""The effect of a recall: evaluated, required again, or summed up and closed (articles 16(1), 17(3), 17(4), 4(5))."""

from typing import Any

from chassis.core import Act, act
from recall.domain.rates import percent, quantities_of, recovered_of, return_rate
from recall.domain.recalls import falls_short
from recall.schemas.recalls import CloseRecall, DocumentServed, EvaluateEffect, RequireReRecall, SubmitSummary


@act("recall", "evaluate-effect", EvaluateEffect)
def evaluate_effect(do: Act) -> None:
    """Article 17(3): the institution evaluates the effect from the feedback and reports it; the rate is computed."""
    figures, this = _figures(do.body), do.body["round"]
    effect = do.data | figures | {"round": this, "on": do.today.isoformat()}
    do.body["effect"] = effect
    do.body.setdefault("effects", []).append(effect)
    do.note("figures", figures)
    findings = [row["findings"] for row in do.body["feedback"] if row["round"] == this]
    evaluation = {name: do.data.get(name) for name in ("conclusion", "residual_risk", "reasons", "suggestions")}
    do.document(
        to=do.settings["province"],
        fields=_named(do) | _shown(figures) | {"round": this, "feedback": findings} | evaluation,
    )


def _figures(body: dict[str, Any]) -> dict[str, int]:
    """Distributed and recovered units and the return rate in basis points."""
    quantities, recovered = quantities_of(body["quantities"]), recovered_of(body["recovered"])
    rate = return_rate(recovered, quantities)
    return {"distributed": quantities.distributed, "recovered": recovered.total, "rate": rate}


def _shown(figures: dict[str, int]) -> dict[str, Any]:
    """The figures as papers print them."""
    rate = percent(figures["rate"])
    return {"distributed": figures["distributed"], "returned": figures["recovered"], "return_rate": rate}


def _named(do: Act) -> dict[str, Any]:
    """The product and its producer, as every paper names them."""
    return {"product": do.body["product"], "producer": do.body["producer"]}


@act("recall", "require-re-recall", RequireReRecall)
def require_re_recall(do: Act) -> None:
    """Article 17(4): scope inaccurate, defect not removed or risk not lowered: the producer must recall again."""
    do.body["round"] += 1
    do.add("round", {"number": do.body["round"], "began_on": do.today.isoformat()})
    do.body["re_recall"] = do.data | {"on": do.today.isoformat()}
    do.body.pop("completed_on", None)
    rate = {"return_rate": percent(do.body["effect"]["rate"])}
    fields = _named(do) | rate | {name: do.data[name] for name in ("reasons", "requirements", "days")}
    do.document(to=do.parties("producer")[0], to_name=do.body["producer"].get("name"), fields=fields)


@act("recall", "enter-re-recall-receipt", DocumentServed)
def enter_re_recall_receipt(do: Act) -> None:
    """Article 17(4): the notice reached the producer; unless the new plan is filed already, its period begins."""
    do.body["re_recall"]["served_on"] = do.data["served_on"]
    if do.root.state == "re_recall_required":
        do.start("supplementary_plan", do.data["served_on"], days=do.body["re_recall"]["days"])


@act("recall", "submit-summary", SubmitSummary)
def submit_summary(do: Act) -> None:
    """Article 16(1): the producer submits the summary of its recall."""
    do.body["summary"] = do.data | {"submitted_on": do.today.isoformat()}
    fields = {name: do.data[name] for name in ("completed_on", "account", "disposal", "prevention")}
    fields = _named(do) | _shown(_figures(do.body)) | fields
    do.document(to=do.settings["province"], fields=fields, issuer=do.parties("producer")[0])


@act("recall", "close-recall", CloseRecall)
def close_recall(do: Act) -> None:
    """Article 4(5): the province ends its supervision: the effect suffices, or the risk is accepted with reasons."""
    figures = _figures(do.body)
    result = "residual_risk_accepted" if falls_short(do.body) else "effective"
    closing = figures | {"result": result, "closed_on": do.today.isoformat(), "rounds": do.body["round"]}
    do.body["closing"] = closing | do.data
    do.note("closing", closing)
    do.fact("recall-closed", {"recall": do.root.id, "case": do.body["case"]} | closing)
