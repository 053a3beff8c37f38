"""What the acts on the producer's analysis take, up to the ground of an investigation (articles 10 and 11)."""

from marshmallow import fields, validate

from chassis.core.contracts.schema import ActSchema, one_of, text
from investigation.schemas.fields import attachments, free_text, working_days

GROUNDS = [
    ("not_analysed", "生产者未按照通知要求开展调查分析", "the producer did not analyse as notified"),
    ("insufficient", "分析结果不足以证明不存在缺陷", "the results do not suffice to show that no defect exists"),
    ("severe_or_wide", "可能造成严重后果或者影响范围较大", "possible severe consequences or wide effect"),
    ("national_notice", "总局通知开展缺陷调查", "the national administration notified the province"),
]


class RequestExtension(ActSchema):
    """Why the producer needs longer, and how much."""

    days = working_days("申请延长（工作日）", "Working days asked for", most=30)
    reasons = free_text("理由", "Reasons", required=True)


class GrantExtension(ActSchema):
    """How much longer the province gives."""

    days = working_days("延长（工作日）", "Working days granted", most=30)
    reasons = free_text("说明", "Reasons")


class SubmitAnalysis(ActSchema):
    """The producer's analysis report."""

    conclusion = one_of(
        [
            ("defect", "存在缺陷", "a defect exists"),
            ("no_defect", "不存在缺陷", "no defect exists"),
            ("unclear", "不能确定", "unclear"),
        ],
        required=True,
        metadata=text("结论", "Conclusion"),
    )
    summary = free_text("分析情况", "Summary", required=True)
    produced = fields.Integer(strict=True, validate=validate.Range(0), metadata=text("生产数量", "Units produced"))
    sold = fields.Integer(strict=True, validate=validate.Range(0), metadata=text("销售数量", "Units sold"))
    process = fields.String(
        validate=validate.Length(1, 4000),
        metadata=text(
            "工艺和配方（商业秘密）", "Process and formula (trade secret)", mark="trade_secret", widget="long"
        ),
    )
    attachments = attachments()


class RequireSupplement(ActSchema):
    """What is missing, and by when."""

    items = fields.List(
        free_text("材料", "Item", 300, required=True),
        required=True,
        validate=validate.Length(1, 30),
        metadata=text("补充材料清单", "Items"),
    )
    days = working_days("提交期限（工作日）", "Working days to submit")
    reasons = free_text("理由", "Reasons")


class SubmitSupplement(ActSchema):
    """The supplement."""

    summary = free_text("补充说明", "Summary", required=True)
    attachments = attachments()


class EvaluateAnalysis(ActSchema):
    """Article 10: 重点评估…材料是否完备、真实、科学，证据是否充分."""

    complete = fields.Boolean(required=True, metadata=text("材料完备", "Complete"))
    true = fields.Boolean(required=True, metadata=text("内容真实", "True"))
    scientific = fields.Boolean(required=True, metadata=text("方法科学", "Scientific"))
    sufficient = fields.Boolean(required=True, metadata=text("证据充分", "Evidence sufficient"))
    conclusion = one_of(
        [
            ("shows_no_defect", "足以证明不存在缺陷", "shows that no defect exists"),
            ("insufficient", "不足以证明不存在缺陷", "does not suffice to show that no defect exists"),
            ("not_as_notified", "未按通知要求开展", "not done as notified"),
            ("defect", "存在缺陷", "a defect exists"),
        ],
        required=True,
        metadata=text("评估结论", "Conclusion"),
    )
    reasons = free_text("评估意见", "Reasons", required=True)
    attachments = attachments()


class DecideOnAnalysis(ActSchema):
    """Article 10: 决定由生产者立即实施召回或由省局组织缺陷调查."""

    decision = one_of(
        [("recall", "由生产者立即实施召回", "recall at once"), ("investigate", "由省局组织缺陷调查", "investigate")],
        required=True,
        metadata=text("决定", "Decision"),
    )
    reasons = free_text("理由", "Reasons", required=True)


class OpenInvestigation(ActSchema):
    """On which ground of article 11."""

    ground = one_of(GROUNDS, required=True, metadata=text("理由（第十一条）", "Ground (article 11)"))
    reasons = free_text("事实和说明", "Facts", required=True)
