"""Submitting to the national administration for an order, and recording it (article 15)."""

from chassis.core import Act, act
from investigation.acts.notice import paper_fields
from investigation.schemas.order import RecordOrder, RequestOrder

NATIONAL = "国家市场监督管理总局"


@act("case", "request-order", RequestOrder)
def request_order(do: Act) -> None:
    """Article 15(1): 既不按照省局通知要求实施召回又未在规定期限内提出异议."""
    _submit(do)


@act("case", "request-order-after-confirmation", RequestOrder)
def request_order_after_confirmation(do: Act) -> None:
    """Article 15(2): 经缺陷认定确认消费品存在缺陷但仍未实施召回."""
    _submit(do)


def _submit(do: Act) -> None:
    body = do.body
    paper = do.document(
        to=None,
        to_name=NATIONAL,
        fields=paper_fields(product=body["product"]["name"], producer=body["producer"]["name"], grounds=do.data["grounds"],
                    defect=body["defect"], hazard=body["hazard"], served_on=body["recall_notice"]["served_on"],
                    outcome=body.get("outcome", {}).get("outcome")),
    )  # fmt: skip
    body["order"] = {"document": paper, "requested_on": do.today.isoformat(), "grounds": do.data["grounds"]}


@act("case", "record-order", RecordOrder)
def record_order(do: Act) -> None:
    """The national administration has ordered the recall (责令召回)."""
    do.body["order"] |= do.data
    do.fact("case-closed", {"case": do.root.id, "closed_on": do.today.isoformat(), "result": "ordered"})
