"""The producer's objection, its review and its outcome (article 14)."""

from chassis.core import Act, act
from investigation.acts.determination import ask_panel
from investigation.acts.notice import paper_fields
from investigation.schemas.determination import RequestPanel
from investigation.schemas.objection import DecideObjection, FileObjection, ReviewObjection
from investigation.schemas.received import DocumentServed, OpinionSigned


@act("case", "file-objection", FileObjection)
def file_objection(do: Act) -> None:
    """Article 14(1): 认为消费品不存在缺陷的，可以自收到通知之日起十个工作日内向省局提出异议，并提供相关材料."""
    do.body["objection"] = do.data | {"filed_on": do.today.isoformat()}
    do.document(
        to=None,
        issuer=do.parties("producer")[0],
        fields=paper_fields(
            product=do.body["product"]["name"], producer=do.body["producer"]["name"], grounds=do.data["grounds"]
        ),
    )
    do.fact("objection-filed", {"case": do.root.id, "filed_on": do.today.isoformat()})


@act("case", "file-statement", FileObjection)
def file_statement(do: Act) -> None:
    """A late paper is registered as a statement: article 14 gives no discretion."""
    do.body.setdefault("statements", []).append(do.data | {"filed_on": do.today.isoformat()})


@act("case", "review-objection", ReviewObjection)
def review_objection(do: Act) -> None:
    """Article 14(2): 技术机构协助省局对生产者提供的异议材料进行技术审查."""
    do.body["review"] = do.data | {"reviewed_on": do.today.isoformat()}


@act("case", "request-redetermination", RequestPanel)
def request_redetermination(do: Act) -> None:
    """Article 14(2): 必要时组织相关专家进行重新认定."""
    ask_panel(do, "redetermination", [{"title": "异议书", "summary": do.body["objection"]["grounds"]}])


@act("case", "enter-redetermination", OpinionSigned)
def enter_redetermination(do: Act) -> None:
    """The experts' second opinion arrives by event."""
    do.body["second_opinion"] = do.data


@act("case", "decide-objection", DecideObjection)
def decide_objection(do: Act) -> None:
    """Article 14(3): 省局将认定结果通知生产者."""
    data, body = do.data, do.body
    paper = do.document(
        to=do.parties("producer")[0],
        to_name=body["producer"]["name"],
        fields=paper_fields(outcome=data["outcome"], reasons=data["reasons"], product=body["product"]["name"],
                    filed_on=body["objection"]["filed_on"], review=body.get("review", {}).get("reasons")),
    )  # fmt: skip
    body["outcome"] = data | {"document": paper, "decided_on": do.today.isoformat()}
    if data["outcome"] == "no_defect":
        _publish_outcome(do, served_on=None)
        do.fact("case-closed", {"case": do.root.id, "closed_on": do.today.isoformat(), "result": "no_defect"})


@act("case", "enter-outcome-receipt", DocumentServed)
def enter_outcome_receipt(do: Act) -> None:
    """Article 14(3): 经省局认定消费品存在缺陷的，生产者应当立即实施召回: from the service of the outcome."""
    do.body["outcome"]["served_on"] = do.data["served_on"]
    if do.root.state == "objection_rejected":
        do.choose("confirmed")
        _publish_outcome(do, served_on=do.data["served_on"])
    else:
        do.choose("noted")


def _publish_outcome(do: Act, served_on: str | None) -> None:
    outcome = do.body["outcome"]
    do.fact(
        "objection-decided",
        {
            "case": do.root.id,
            "outcome": outcome["outcome"],
            "decided_on": outcome["decided_on"],
            "served_on": served_on,
        },
    )
