"""The recall notice and its service (articles 10(3), 13, 14(1)); what the recall service reports back."""

from typing import Any

from chassis.core import Act, act
from investigation.acts.notice import paper_fields
from investigation.schemas.recall_notice import NotifyRecall
from investigation.schemas.received import DocumentServed, PlanFiled, RecallClosed

REMEDY = "认为消费品不存在缺陷的，可以自收到本通知之日起十个工作日内向我局提出异议，并提供相关材料（规定第十四条）。"
BEGINS = ("recall_issued", "recall_notified", "outcome_notified", "in_voluntary_recall")


@act("case", "notify-recall", NotifyRecall)
def notify_recall(do: Act) -> None:
    """Article 13: 经调查认为消费品存在缺陷的，书面通知生产者实施召回."""
    data, body = do.data, do.body
    body["defect"] = data["defect"]
    paper = do.document(
        to=do.parties("producer")[0],
        to_name=body["producer"]["name"],
        remedy=REMEDY,
        fields=paper_fields(product=body["product"]["name"], defect=data["defect"], hazard=body["hazard"], basis=_basis(body),
                    requirements=data["requirements"], contact=data.get("contact")),
    )  # fmt: skip
    body["recall_notice"] = {"document": paper, "issued_on": do.today.isoformat(), "requirements": data["requirements"]}


def _basis(body: dict[str, Any]) -> str:
    return "缺陷调查和专家组判定意见" if "determined" in body else "生产者调查分析结果及其评估"


@act("case", "enter-receipt", DocumentServed)
def enter_receipt(do: Act) -> None:
    """Article 14(1): 自收到通知之日起十个工作日内: the objection period runs from receipt; a corrected date recomputes it."""
    served_on, state = do.data["served_on"], do.root.state
    do.body["recall_notice"]["served_on"] = served_on
    do.choose("first" if state == "recall_issued" else "noted")
    if state in ("recall_issued", "recall_notified"):
        do.start("objection", served_on)
    if state == "recall_issued":
        due = recall_due(do) | {"basis": "notice", "notified_on": served_on, "document": do.data["document"]}
        do.fact("recall-notified", due)


def recall_due(do: Act) -> dict[str, Any]:
    """Return what the recall service needs to open a recall of this case."""
    body = do.body
    return {
        "case": do.root.id, "number": do.root.number, "producer": body["producer"], "product": body["product"], "hazard": body["hazard"],
        "defect": body["defect"], "institution": body["institution"],
    }  # fmt: skip


@act("case", "enter-plan", PlanFiled)
def enter_plan(do: Act) -> None:
    """Article 16: the producer has reported its plan: the recall has begun."""
    do.body["recall"] = {"recall": do.data["recall"], "plan_filed_on": do.data["filed_on"]}
    do.choose("begun" if do.root.state in BEGINS else "noted")


@act("case", "close-case", RecallClosed)
def close_case(do: Act) -> None:
    """The recall has ended, and with it the case."""
    do.body["closing"] = {"closed_on": do.data["closed_on"], "result": do.data["result"]}
    do.fact("case-closed", {"case": do.root.id, "closed_on": do.data["closed_on"], "result": "recalled"})
