"""What the acts of opening a case take: the instruction to investigate, and the notice to the producer (articles 9(3), 11(4))."""

from marshmallow import fields

from chassis.core.contracts.schema import ActSchema, text
from investigation.schemas.fields import Producer, Product, free_text, past_day, working_days


class OpenOnInstruction(ActSchema):
    """The national administration's notice to investigate."""

    notice_number = free_text("总局通知文号", "Number of the notice", 100, required=True)
    received_on = past_day("收到日期", "Received on")
    producer = fields.Nested(Producer, required=True, metadata=text("生产者", "Producer"))
    product = fields.Nested(Product, required=True, metadata=text("产品", "Product"))
    hazard = free_text("危害", "Hazard", required=True)
    grounds = free_text("事由", "Grounds", required=True)


class NotifyProducer(ActSchema):
    """What the notice of article 9 asks for."""

    days = working_days("完成期限（工作日）", "Working days to complete")
    requirements = free_text("调查分析要求", "What to analyse")
    contact = free_text("联系人及联系方式", "Contact", 300)
