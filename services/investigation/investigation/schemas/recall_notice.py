"""What the recall notice and a voluntary recall take (article 13)."""

from marshmallow import fields

from chassis.core.contracts.schema import ActSchema, text
from investigation.schemas.fields import attachments, free_text


class NotifyRecall(ActSchema):
    """What the recall notice says."""

    defect = free_text("缺陷描述", "Defect", 1000, required=True)
    requirements = free_text("召回要求", "Requirements", required=True)
    contact = free_text("联系人及联系方式", "Contact", 300)


class DeclareVoluntaryRecall(ActSchema):
    """What the producer recalls of itself while a case is open."""

    covers_all = fields.Boolean(required=True, metadata=text("覆盖全部涉案产品", "Covers all products of the case"))
    covers = free_text("召回范围", "What it covers", 1000, required=True)
    defect = free_text("缺陷描述", "Defect", 1000, required=True)
    reasons = free_text("主动召回的理由", "Reasons", required=True)
    attachments = attachments()
