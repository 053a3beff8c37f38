"""What the acts on signals take."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from chassis.core.contracts.schema import ActSchema, Anything, CreditCode, Day, File, RootRef, one_of, text
from intake.domain.risk import probability
from intake.schemas.fields import CATEGORIES, HAZARDS, line, lines, prose


class Cluster(ActSchema):
    """The leads that belong to one product and hazard, as the analyst decides."""

    leads = fields.List(
        RootRef("lead"), required=True, validate=validate.Length(1, 100), metadata=text("线索", "Leads")
    )
    title = line("信号名称", "Title", 200, help_zh="产品与危害", help_en="The product and the hazard")
    remarks = prose("归并说明", "Remarks", 2000)

    @validates_schema
    def each_once(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a lead named twice."""
        if len(set(data.get("leads", []))) != len(data.get("leads", [])):
            raise ValidationError("同一线索重复 / a lead is named twice", "leads")


class OneLead(ActSchema):
    """One lead to add."""

    lead = RootRef("lead", required=True, metadata=text("线索", "Lead"))
    remarks = prose("说明", "Remarks", 2000)


class SplitLead(ActSchema):
    """One lead to take out, and why it does not belong."""

    lead = RootRef("lead", required=True, metadata=text("线索", "Lead"))
    reasons = prose("拆出理由", "Reasons", 2000, required=True)


class Producer(Schema):
    """The producer, as far as the analysis knows: by credit code, or a foreign one with its importer or agent."""

    class Meta:
        unknown = RAISE

    name = line("生产者名称", "Producer", required=True)
    code = CreditCode(metadata=text("统一社会信用代码", "Unified social credit code"))
    address = line("地址", "Address", 200)
    foreign = fields.Boolean(truthy={True}, falsy={False}, metadata=text("境外生产者", "Foreign producer"))
    agent = line("进口商或境内代理人", "Importer or domestic agent")


class Product(Schema):
    """The product, as far as the analysis knows."""

    class Meta:
        unknown = RAISE

    name = line("产品名称", "Product", required=True)
    brand = line("品牌", "Brand", 100)
    model = line("型号", "Model", 100)
    category = one_of(CATEGORIES, metadata=text("产品类别", "Category"))
    batches = lines("批次", "Batches")
    quantity = fields.Integer(strict=True, validate=validate.Range(0, 1_000_000_000), metadata=text("数量", "Quantity"))


class Analysis(ActSchema):
    """The institution's analysis of a signal, with weight on concentrated or severe injury."""

    summary = prose("分析意见", "Analysis", required=True)
    product = fields.Nested(Product, metadata=text("产品", "Product"))
    producer = fields.Nested(Producer, metadata=text("生产者", "Producer"))
    hazard = line("危害", "Hazard", 500)
    hazards = fields.List(
        one_of(HAZARDS), validate=validate.Length(max=8), metadata=text("危害类型", "Kinds of hazard")
    )
    injury = line("伤害情况", "Injury", 1000)
    concentrated = fields.Boolean(
        truthy={True}, falsy={False}, metadata=text("伤害问题比较集中", "Injuries are concentrated")
    )
    severe = fields.Boolean(truthy={True}, falsy={False}, metadata=text("伤害后果比较严重", "Injuries are severe"))


class Recommendation(ActSchema):
    """The technical recommendation (技术认定建议)."""

    recommendation = one_of(
        [
            ("possible_defect", "可能存在缺陷", "possible defect"),
            ("consult", "组织技术会商", "hold a consultation"),
            ("track", "信息跟踪", "track"),
        ],
        required=True,
        metadata=text("建议", "Recommendation"),
    )
    grounds = prose("依据", "Grounds", required=True)
    received_on = Day(past=True, metadata=text("省局收到日期", "Received on", "不填为今天", "Today when left out"))
    attachment = File(metadata=text("附件", "Attachment"))


class ConsultationRequest(ActSchema):
    """What the experts are asked."""

    question = prose("会商问题", "Question", 2000, required=True)
    fields_ = lines("专业领域", "Fields of expertise", 10, 60, required=True, data_key="fields", attribute="fields")
    size = fields.Integer(
        strict=True, required=True, validate=validate.Range(3, 15), metadata=text("专家人数", "Number of experts")
    )
    wanted_by = Day(required=True, metadata=text("希望完成日期", "Wanted by"))
    materials = fields.List(File(), validate=validate.Length(max=30), metadata=text("材料", "Materials"))


class Opinion(Anything):
    """What intake reads of `experts.opinion-signed.v1`."""

    request = fields.String(required=True)
    panel = fields.String(required=True)
    purpose = fields.String(required=True)
    conclusion = fields.String(required=True)
    reasons = fields.String(allow_none=True)
    signed_on = fields.Date(required=True)
    leader = fields.String(allow_none=True)


class Withdrawn(Anything):
    """What intake reads of `experts.panel-withdrawn.v1`."""

    panel = fields.String(required=True)
    reasons = fields.String(allow_none=True)
    withdrawn_on = fields.Date(required=True)


def is_probability(value: str) -> None:
    """Refuse what is no probability above 0 and at most 1."""
    try:
        probability(value)
    except ValueError:
        raise ValidationError(
            "概率应写作分数或小数，大于0且不超过1，如 1/500 或 0.002 / a fraction or decimal above 0, at most 1"
        ) from None


class Step(Schema):
    """A step from the defect to the injury."""

    class Meta:
        unknown = RAISE

    step = line("环节", "Step", required=True)
    probability = fields.String(
        required=True, validate=is_probability, metadata=text("概率", "Probability", "如 1/500", "Such as 1/500")
    )


class Scenario(Schema):
    """A chain of steps that ends in an injury."""

    class Meta:
        unknown = RAISE

    title = line("情景", "Scenario", required=True)
    severity = fields.Integer(
        strict=True, required=True, validate=validate.Range(1, 4), metadata=text("严重程度（1–4）", "Severity (1 to 4)")
    )
    steps = fields.List(
        fields.Nested(Step), required=True, validate=validate.Length(1, 12), metadata=text("环节", "Steps")
    )


class Assessment(ActSchema):
    """A preliminary risk assessment."""

    scenarios = fields.List(
        fields.Nested(Scenario), required=True, validate=validate.Length(1, 12), metadata=text("情景", "Scenarios")
    )
    remarks = prose("说明", "Remarks", 2000)


class Validation(ActSchema):
    """The second person's judgement of an assessment."""

    remarks = prose("复核意见", "Remarks", 2000)


class Conclusion(ActSchema):
    """What the consultation concludes (会商纪要)."""

    outcome = one_of(
        [("investigate", "开展生产者缺陷调查", "open a producer investigation"), ("track", "信息跟踪", "track")],
        required=True,
        metadata=text("结论", "Outcome"),
    )
    concluded_on = Day(past=True, metadata=text("会商日期", "Concluded on", "不填为今天", "Today when left out"))
    minutes = prose("会商纪要", "Minutes", required=True)


class Finding(ActSchema):
    """The province's finding of a possible defect; what is left out is taken from the analysis."""

    found_on = Day(
        past=True,
        required=True,
        metadata=text(
            "发现日期", "Found on", "三个工作日内书面通知生产者", "Three working days for the written notice"
        ),
    )
    grounds = prose("依据", "Grounds", required=True)
    product = fields.Nested(Product, metadata=text("产品", "Product"))
    producer = fields.Nested(Producer, metadata=text("生产者", "Producer"))
    hazard = line("危害", "Hazard", 500)
    injury = line("伤害情况", "Injury", 1000)


class Tracking(ActSchema):
    """What the institution is to watch."""

    reasons = prose("理由", "Reasons", 2000, required=True)
    watch = prose("跟踪内容", "What to watch", 2000)
    review_on = Day(metadata=text("复查日期", "Review on"))


class VerificationOrder(ActSchema):
    """What a city or county bureau is to verify, and how."""

    bureau = line("承担核实的局", "Bureau", 80, required=True)
    area = fields.String(
        required=True,
        validate=validate.Regexp(r"^\d{6}$", error="行政区划代码应为六位数字 / six digits"),
        metadata=text("行政区划代码", "Area code"),
    )
    means = fields.List(
        one_of(
            [
                ("market_purchase", "市场购检", "market purchase and test"),
                ("consumer_follow_up", "消费者回访", "consumer follow-up"),
                ("technical_exchange", "与生产者技术交流", "technical exchange with the producer"),
            ]
        ),
        required=True,
        validate=validate.Length(1, 3),
        metadata=text("核实方式", "Means"),
    )
    manner = one_of(
        [("alone", "独立核实", "alone"), ("assisting", "协助省局", "assisting")],
        required=True,
        metadata=text("形式", "Manner"),
    )
    assigned_on = Day(past=True, required=True, metadata=text("交办日期", "Assigned on"))
    days = fields.Integer(
        strict=True, required=True, validate=validate.Range(1, 120), metadata=text("期限（工作日）", "Working days")
    )
    task = prose("核实事项", "What to verify", 2000, required=True)


class VerificationReport(ActSchema):
    """What the verification found."""

    findings = prose("核实情况", "Findings", required=True)
    confirmed = one_of(
        [("yes", "属实", "confirmed"), ("partly", "部分属实", "partly"), ("no", "不属实", "not confirmed")],
        required=True,
        metadata=text("核实结论", "Result"),
    )
    attachments = fields.List(File(), validate=validate.Length(max=20), metadata=text("附件", "Attachments"))
