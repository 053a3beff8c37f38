"""What the objection to a recall notice takes, and its outcome (article 14)."""

from chassis.core.contracts.schema import ActSchema, one_of, text
from investigation.schemas.fields import attachments, free_text


class FileObjection(ActSchema):
    """The producer's objection, with materials (article 14)."""

    grounds = free_text("异议理由", "Grounds", required=True)
    attachments = attachments("证明材料", "Materials")


class ReviewObjection(ActSchema):
    """The institution's technical review."""

    opinion = one_of(
        [
            ("reject", "异议不成立", "not well founded"),
            ("uphold", "异议成立", "well founded"),
            ("experts", "建议专家重新认定", "experts should determine again"),
        ],
        required=True,
        metadata=text("审查意见", "Opinion"),
    )
    reasons = free_text("审查情况", "Reasons", required=True)
    attachments = attachments()


class DecideObjection(ActSchema):
    """The province's outcome."""

    outcome = one_of(
        [
            ("defect_confirmed", "异议不成立，存在缺陷", "rejected, the defect is confirmed"),
            ("no_defect", "异议成立，不存在缺陷", "upheld, no defect"),
        ],
        required=True,
        metadata=text("认定结果", "Outcome"),
    )
    reasons = free_text("理由", "Reasons", required=True)
