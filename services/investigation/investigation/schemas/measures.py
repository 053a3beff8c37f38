"""What the measures of article 12 take, and a city bureau's commission (article 5(2))."""

from marshmallow import fields, validate

from chassis.core.contracts.schema import ActSchema, Day, one_of, text
from investigation.schemas.fields import Officer, attachments, free_text, past_day, working_days

MEASURES = [
    ("enter_premises", "进入生产经营场所现场调查", "enter premises"),
    ("require_materials", "要求提供资料、记录、消费品和专用设备", "require materials, records, products, equipment"),
    ("copy_records", "查阅、复制资料和记录", "consult and copy records"),
    ("question", "向相关单位和个人了解情况", "question units and persons"),
    ("expert_analysis", "组织专家技术分析和风险评估", "expert analysis and risk assessment"),
    ("regulatory_talk", "约谈生产者", "regulatory talk with the producer"),
]


class TakeMeasure(ActSchema):
    """A measure of article 12."""

    measure = one_of(MEASURES, required=True, metadata=text("措施", "Measure"))
    taken_on = past_day("日期", "Date")
    place = free_text("地点", "Place", 300)
    officers = fields.List(fields.Nested(Officer), load_default=list, metadata=text("执法人员", "Officers"))
    subject = free_text("对象", "Who or what it was taken on", 300, required=True)
    record = free_text("情况记录", "Record", required=True)
    signed = fields.Boolean(load_default=True, metadata=text("被调查人已逐页签字", "Signed on every page"))
    refusal = free_text("拒签说明", "Refusal noted", 500)
    attachments = attachments("笔录和证据", "Records and evidence")


class CompleteMeasure(ActSchema):
    """What came of a measure."""

    result = free_text("结果", "Result", required=True)
    attachments = attachments()


class CommissionTest(ActSchema):
    """A test by a qualified laboratory; sampling with seals and a reserve sample."""

    laboratory = free_text("检验机构", "Laboratory", 200, required=True)
    qualification = free_text("资质认定编号（CMA）", "Qualification number (CMA)", 100, required=True)
    qualification_until = Day(required=True, metadata=text("资质有效期至", "Qualification valid until"))
    items = fields.List(
        free_text("项目", "Item", 200, required=True),
        required=True,
        validate=validate.Length(1, 30),
        metadata=text("检验项目", "Items"),
    )
    standard = free_text("检验依据", "Standard", 300, required=True)
    sampled_on = past_day("抽样日期", "Sampled on")
    seal_number = free_text("封样编号", "Seal number", 100, required=True)
    reserve_sample = fields.Boolean(required=True, metadata=text("留有备样", "Reserve sample kept"))


class RecordTestResult(ActSchema):
    """The laboratory's report."""

    report_number = free_text("报告编号", "Report number", 100, required=True)
    tested_on = past_day("检验日期", "Tested on")
    conforms = fields.Boolean(required=True, metadata=text("合格", "Conforms"))
    result = free_text("检验结果", "Result", required=True)
    attachments = attachments("检验报告", "Report")


class CommissionCity(ActSchema):
    """The province's written commission to a city bureau."""

    bureau = fields.String(
        required=True,
        validate=validate.Regexp(r"^org_\w+$"),
        metadata=text("市局", "City bureau", widget="organisation"),
    )
    bureau_name = free_text("市局名称", "Name of the bureau", 200, required=True)
    area = fields.String(
        required=True, validate=validate.Regexp(r"^\d{6}$"), metadata=text("行政区划代码", "Area code")
    )
    matter = free_text("委托事项", "Matter", required=True)
    days = working_days("完成期限（工作日）", "Working days")


class CityReport(ActSchema):
    """What the commissioned bureau found."""

    report = free_text("调查情况", "Report", required=True)
    attachments = attachments()
