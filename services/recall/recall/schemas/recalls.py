"""What the acts on a recall take."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.core.contracts.schema import ActSchema, Anything, CreditCode, Day, one_of, text
from recall.schemas.fields import area, attachments, free_text, items, organisation, units, working_days, yes_no

CONCLUSIONS = [("sufficient", "有效", "sufficient"), ("insufficient", "不足", "insufficient")]
RISKS = [
    ("none", "已消除", "none"),
    ("low", "低", "low"),
    ("medium", "中", "medium"),
    ("high", "高", "high"),
    ("serious", "严重", "serious"),
]


class Product(Schema):
    """A product as its producer names it."""

    name = free_text("产品名称", "Product", 200, required=True)
    brand = free_text("品牌", "Brand", 200)
    model = free_text("型号", "Model", 200)
    category = free_text("类别", "Category", 200)


class Batch(Schema):
    """A batch that the recall covers."""

    batch = free_text("批次", "Batch", 100, required=True)
    model = free_text("型号", "Model", 200)
    made_from = Day(metadata=text("生产起始日期", "Made from"))
    made_to = Day(metadata=text("生产终止日期", "Made to"))
    quantity = units("数量", "Quantity", 1, required=True)

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """Made from comes before made to."""
        if "made_from" in data and "made_to" in data and data["made_from"] > data["made_to"]:
            raise ValidationError("终止日期早于起始日期 / ends before it begins", "made_to")


class NamedOperator(Schema):
    """A dealer, shop, lessor or repairer that holds the product and has to assist."""

    code = CreditCode(required=True, metadata=text("统一社会信用代码", "Unified social credit code"))
    name = free_text("名称", "Name", 200, required=True)


class Opening(Anything):
    """What the case tells when the producer was notified or declared its recall."""

    case = fields.String(required=True)
    producer = fields.Dict(required=True)
    product = fields.Dict(required=True)
    hazard = fields.Raw(load_default=None, allow_none=True)
    defect = fields.Raw(load_default=None, allow_none=True)
    covers = fields.Raw(load_default=None, allow_none=True)
    notified_on = fields.String(load_default=None, allow_none=True)
    declared_on = fields.String(load_default=None, allow_none=True)
    institution = fields.String(load_default=None, allow_none=True)
    basis = fields.String(load_default="notice")


class FileVoluntaryRecall(ActSchema):
    """A recall that the producer begins of itself, no case being open."""

    name = free_text("生产者名称", "Producer", 200, required=True)
    address = free_text("住所", "Address", 300, required=True)
    product = fields.Nested(Product, required=True, metadata=text("产品", "Product"))
    hazard = free_text("可能造成的危害", "Hazard", required=True)
    defect = free_text("缺陷描述", "Defect", required=True)
    grounds = free_text("发现缺陷的经过", "How the defect was found", required=True)
    attachments = attachments()


class ObjectionFiled(Anything):
    """The producer objected to the notice."""

    case = fields.String(required=True)
    filed_on = fields.String(required=True)


class ObjectionDecided(Anything):
    """The outcome of the objection: a confirmed defect with the day it was served; no defect as soon as it is decided."""

    case = fields.String(required=True)
    outcome = fields.String(required=True)
    decided_on = fields.String(required=True)
    served_on = Day(load_default=None, allow_none=True)


class FilePlan(ActSchema):
    """The recall plan: what is recalled, where it is, what is done about it, until when."""

    scope = free_text("召回范围", "Scope", required=True)
    batches = items(Batch, "批次", "Batches", 1, required=True)
    produced = units("涉及数量（生产总数）", "Produced", 1, required=True)
    warehouse = units("库存数量", "In the warehouse", required=True)
    dealers = units("经销环节数量", "At dealers", required=True)
    consumers = units("消费者持有数量", "With consumers", required=True)
    measures = free_text(
        "召回措施",
        "Measures",
        required=True,
        help_zh="修理、更换、退货、补充警示等",
        help_en="Repair, exchange, refund, warning",
    )
    consumer_notice = free_text("通知消费者的方式", "How consumers are told", required=True)
    starts_on = Day(required=True, metadata=text("召回开始日期", "Begins on"))
    ends_on = Day(required=True, metadata=text("召回结束日期", "Ends on"))
    target_percent = fields.Integer(
        strict=True,
        load_default=100,
        validate=validate.Range(1, 100),
        metadata=text("目标召回率（%）", "Target return rate (%)"),
    )
    hotline = free_text("服务热线", "Hotline", 100, required=True)
    contact = free_text("联系人及联系方式", "Contact person", 200, mark="personal")
    operators = items(NamedOperator, "经销等其他经营者", "Dealers and other operators")
    attachments = attachments()

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """A recall ends after it begins."""
        if data["starts_on"] > data["ends_on"]:
            raise ValidationError("结束日期早于开始日期 / ends before it begins", "ends_on")


class FileSupplementaryPlan(FilePlan):
    """The plan of another round: the whole plan again, with what is changed and why the first did not suffice."""

    changes = free_text("补充和调整的内容", "What is changed", required=True)


class ReviewPlanForm(ActSchema):
    """Whether the plan has all that a plan must have."""

    complete = yes_no("材料齐全", "Complete")
    in_form = yes_no("符合格式文书要求", "In the prescribed form")
    remarks = free_text("形式评估意见", "Remarks")


class EvaluatePlan(ActSchema):
    """Suggestions on the plan's substance."""

    opinion = free_text("技术评估意见", "Opinion", required=True)
    suggestions = fields.List(
        free_text("规范性建议", "Suggestion", 1000, required=True),
        load_default=list,
        validate=validate.Length(0, 50),
        metadata=text("规范性建议", "Suggestions"),
    )


class PublishNotice(ActSchema):
    """How the producer told the public."""

    published_on = Day(past=True, required=True, metadata=text("发布日期", "Published on"))
    channels = fields.List(
        free_text("发布渠道", "Channel", 200, required=True),
        required=True,
        validate=validate.Length(1, 20),
        metadata=text("发布渠道", "Channels"),
    )
    text = free_text("公告内容", "Text of the notice", 5000, required=True)
    attachments = attachments()


class RecallPublished(Anything):
    """The publication on the national platform."""

    recall = fields.String(required=True)
    publication = fields.String(load_default=None, allow_none=True)
    national_number = fields.String(required=True)
    published_on = fields.String(required=True)
    url = fields.String(load_default=None, allow_none=True)


class AdviseProducer(ActSchema):
    """Technical help given."""

    subject = free_text("事项", "Subject", 200, required=True)
    advice = free_text("技术支持内容", "Advice", required=True)


class StopProduction(ActSchema):
    """The producer stopped."""

    stopped_on = Day(past=True, required=True, metadata=text("停止生产销售日期", "Stopped on"))
    isolated = units("已封存数量", "Units set apart", required=True)
    measures = free_text("采取的措施", "Measures", required=True)


class ConfirmStopSale(ActSchema):
    """An operator stopped selling, told its customers, and set apart what it had."""

    stopped_on = Day(past=True, required=True, metadata=text("停止销售日期", "Stopped on"))
    taken_down = units("下架数量", "Units taken down", required=True)
    customers_told = units("已通知的消费者人数", "Customers told", required=True)


class SubmitProgress(ActSchema):
    """What came back until a day, counted from the beginning of the recall."""

    as_of = Day(past=True, required=True, metadata=text("统计截止日期", "As of"))
    from_dealers = units("累计从经销环节召回", "From dealers, cumulative", required=True)
    from_consumers = units("累计从消费者召回", "From consumers, cumulative", required=True)
    remarks = free_text("情况说明", "Remarks")
    completed_on = Day(
        past=True,
        allow_none=True,
        metadata=text(
            "本轮召回完成日期",
            "Completed on",
            "完成后填写；自该日起计提交总结的期限",
            "When done; the summary's period runs from it",
        ),
    )


class CorrectProgress(ActSchema):
    """The right figures in place of the last reported ones."""

    from_dealers = units("累计从经销环节召回", "From dealers, cumulative", required=True)
    from_consumers = units("累计从消费者召回", "From consumers, cumulative", required=True)
    reasons = free_text("更正理由", "Reasons", required=True)


class AssignSupervision(ActSchema):
    """Which bureau supervises what, and by when it reports."""

    organisation = organisation("属地市场监管部门", "Bureau")
    area = area()
    task = free_text("监督事项", "Task", required=True)
    days = working_days("反馈时限（工作日）", "Working days to feed back")


class AcceptSupervision(ActSchema):
    """Who takes it on."""

    officer = free_text("经办人", "Officer in charge", 100, required=True)


class SubmitFeedback(ActSchema):
    """The check list of article 17: what was found against plan, statement and summary."""

    checked_on = Day(past=True, required=True, metadata=text("核查日期", "Checked on"))
    production_stopped = yes_no("已停止生产", "Production stopped")
    sale_stopped = yes_no("已停止销售", "Sale stopped")
    published = yes_no("已发布召回信息", "Recall information published")
    consumers_told = yes_no("已通知消费者", "Consumers told")
    conducted_lawfully = yes_no("按规定开展召回活动", "Conducted as the rule requires")
    found_in_stock = units("现场核实的库存数量", "Units found in stock", required=True)
    destroyed = units("已销毁或整改数量", "Units destroyed or mended", required=True)
    findings = free_text("核查情况", "Findings", required=True)
    attachments = attachments()


class ReviewFeedback(ActSchema):
    """The province takes note of a feedback or asks for a better one."""

    outcome = one_of(
        [("noted", "予以采纳", "noted"), ("returned", "退回补充", "returned")],
        required=True,
        metadata=text("审阅结果", "Outcome"),
    )
    remarks = free_text("意见", "Remarks")


class EvaluateEffect(ActSchema):
    """The institution's evaluation; the return rate is computed from the reported figures, not typed."""

    conclusion = one_of(CONCLUSIONS, required=True, metadata=text("评估结论", "Conclusion"))
    scope_accurate = yes_no("召回范围准确", "The scope is accurate")
    residual_risk = one_of(RISKS, required=True, metadata=text("剩余风险", "Residual risk"))
    reasons = free_text("评估分析", "Reasons", 4000, required=True)
    suggestions = free_text("建议", "Suggestions")
    attachments = attachments()


class RequireReRecall(ActSchema):
    """Why the first recall did not do, and what the next must."""

    grounds = one_of(
        [
            ("scope_inaccurate", "召回范围不准确", "the scope is not accurate"),
            ("defect_not_removed", "措施未能消除缺陷", "the measures did not remove the defect"),
            ("risk_not_lowered", "措施未能降低安全风险", "the measures did not lower the risk"),
        ],
        required=True,
        metadata=text("重新召回的情形", "Ground"),
    )
    reasons = free_text("事实和理由", "Facts and reasons", required=True)
    requirements = fields.List(
        free_text("重新召回的要求", "What is required", 500, required=True),
        required=True,
        validate=validate.Length(1, 20),
        metadata=text("重新召回的要求", "What is required"),
    )
    days = working_days("报告补充计划时限（工作日）", "Working days to file the supplementary plan")


class DocumentServed(Anything):
    """A document of this root was served."""

    document = fields.String(required=True)
    number = fields.String(load_default=None, allow_none=True)
    served_on = Day(required=True)
    manner = fields.String(load_default=None, allow_none=True)


class SubmitSummary(ActSchema):
    """The producer's own account of the recall."""

    completed_on = Day(past=True, required=True, metadata=text("召回完成日期", "Completed on"))
    account = free_text("召回实施情况", "Account", 5000, required=True)
    disposal = free_text("召回产品的处置", "What was done with what came back", required=True)
    prevention = free_text("防止再次发生的措施", "Prevention", required=True)
    attachments = attachments()


class CloseRecall(ActSchema):
    """The end; where the rate is below the plan's target or the effect insufficient, why the rest is accepted."""

    remarks = free_text("结案意见", "Remarks", required=True)
    residual_risk_reasons = free_text(
        "接受剩余风险的理由",
        "Why the residual risk is accepted",
        help_zh="召回率低于目标或效果评估不足时必填",
        help_en="Required below the target, or when the effect is insufficient",
        load_default=None,
        allow_none=True,
    )
