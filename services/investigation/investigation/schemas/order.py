"""What the submission for an order takes, and the order (article 15)."""

from chassis.core.contracts.schema import ActSchema
from investigation.schemas.fields import attachments, free_text, past_day


class RequestOrder(ActSchema):
    """Why the national administration is asked to order the recall."""

    grounds = free_text("报请理由", "Grounds", required=True)


class RecordOrder(ActSchema):
    """The national administration's decision."""

    number = free_text("决定文号", "Number", 100, required=True)
    decided_on = past_day("决定日期", "Decided on")
    decision = free_text("决定内容", "Decision", required=True)
    attachments = attachments()
