"""What the acts on a case take."""

from marshmallow import fields, validate

from chassis.core.contracts.schema import ActSchema, Day, FactSchema, one_of, text
from investigation.schemas.words import (
    Officer,
    Person,
    Producer,
    Product,
    attachments,
    past_day,
    words,
    working_days,
)

GROUNDS = [
    ("not_analysed", "生产者未按照通知要求开展调查分析", "the producer did not analyse as notified"),
    ("insufficient", "分析结果不足以证明不存在缺陷", "the results do not suffice to show that no defect exists"),
    ("severe_or_wide", "可能造成严重后果或者影响范围较大", "possible severe consequences or wide effect"),
    ("national_notice", "总局通知开展缺陷调查", "the national administration notified the province"),
]
MEASURES = [
    ("enter_premises", "进入生产经营场所现场调查", "enter premises"),
    ("require_materials", "要求提供资料、记录、消费品和专用设备", "require materials, records, products, equipment"),
    ("copy_records", "查阅、复制资料和记录", "consult and copy records"),
    ("question", "向相关单位和个人了解情况", "question units and persons"),
    ("expert_analysis", "组织专家技术分析和风险评估", "expert analysis and risk assessment"),
    ("regulatory_talk", "约谈生产者", "regulatory talk with the producer"),
]
EXPERTISE = [
    ("furniture", "家具", "furniture"),
    ("chemistry", "化学", "chemistry"),
    ("childrens_products", "儿童用品", "children's products"),
    ("electrical", "电器", "electrical products"),
    ("mechanics", "机械", "mechanics"),
    ("toys", "玩具", "toys"),
    ("standards", "标准", "standards"),
    ("fire_safety", "消防", "fire safety"),
    ("textiles", "纺织", "textiles"),
    ("medicine", "医学", "medicine"),
]


class PossibleDefectFound(FactSchema):
    """What intake tells when the province found a possible defect."""

    signal = fields.String(required=True)
    number = fields.String(load_default=None, allow_none=True)
    found_on = fields.String(required=True)
    recommended_on = fields.String(load_default=None, allow_none=True)
    producer = fields.Dict(required=True)
    product = fields.Dict(required=True)
    hazard = fields.String(required=True)
    injury = fields.String(load_default=None, allow_none=True)
    evidence = fields.List(fields.Dict(), load_default=list)
    institution = fields.String(required=True)
    grounds = fields.String(required=True)
    risk_level = fields.String(load_default=None, allow_none=True)


class OpenOnInstruction(ActSchema):
    """The national administration's notice to investigate."""

    notice_number = words("总局通知文号", "Number of the notice", 100, required=True)
    received_on = past_day("收到日期", "Received on")
    producer = fields.Nested(Producer, required=True, metadata=text("生产者", "Producer"))
    product = fields.Nested(Product, required=True, metadata=text("产品", "Product"))
    hazard = words("危害", "Hazard", required=True)
    grounds = words("事由", "Grounds", required=True)


class NotifyProducer(ActSchema):
    """What the notice of article 9 asks for."""

    days = working_days("完成期限（工作日）", "Working days to complete")
    requirements = words("调查分析要求", "What to analyse")
    contact = words("联系人及联系方式", "Contact", 300)


class DocumentServed(FactSchema):
    """A paper of ours was served."""

    document = fields.String(required=True)
    number = fields.String(load_default=None, allow_none=True)
    addressee = fields.String(load_default=None, allow_none=True)
    served_on = fields.String(required=True)
    manner = fields.String(load_default=None, allow_none=True)
    corrects = fields.String(load_default=None, allow_none=True)


class RequestExtension(ActSchema):
    """Why the producer needs longer, and how much."""

    days = working_days("申请延长（工作日）", "Working days asked for", most=30)
    reasons = words("理由", "Reasons", required=True)


class GrantExtension(ActSchema):
    """How much longer the province gives."""

    days = working_days("延长（工作日）", "Working days granted", most=30)
    reasons = words("说明", "Reasons")


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
    summary = words("分析情况", "Summary", required=True)
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
        words("材料", "Item", 300, required=True),
        required=True,
        validate=validate.Length(1, 30),
        metadata=text("补充材料清单", "Items"),
    )
    days = working_days("提交期限（工作日）", "Working days to submit")
    reasons = words("理由", "Reasons")


class SubmitSupplement(ActSchema):
    """The supplement."""

    summary = words("补充说明", "Summary", required=True)
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
    reasons = words("评估意见", "Reasons", required=True)
    attachments = attachments()


class DecideOnAnalysis(ActSchema):
    """Article 10: 决定由生产者立即实施召回或由省局组织缺陷调查."""

    decision = one_of(
        [("recall", "由生产者立即实施召回", "recall at once"), ("investigate", "由省局组织缺陷调查", "investigate")],
        required=True,
        metadata=text("决定", "Decision"),
    )
    reasons = words("理由", "Reasons", required=True)


class OpenInvestigation(ActSchema):
    """On which ground of article 11."""

    ground = one_of(GROUNDS, required=True, metadata=text("理由（第十一条）", "Ground (article 11)"))
    reasons = words("事实和说明", "Facts", required=True)


class TakeMeasure(ActSchema):
    """A measure of article 12."""

    measure = one_of(MEASURES, required=True, metadata=text("措施", "Measure"))
    taken_on = past_day("日期", "Date")
    place = words("地点", "Place", 300)
    officers = fields.List(fields.Nested(Officer), load_default=list, metadata=text("执法人员", "Officers"))
    subject = words("对象", "Who or what it was taken on", 300, required=True)
    record = words("情况记录", "Record", required=True)
    signed = fields.Boolean(load_default=True, metadata=text("被调查人已逐页签字", "Signed on every page"))
    refusal = words("拒签说明", "Refusal noted", 500)
    attachments = attachments("笔录和证据", "Records and evidence")


class CompleteMeasure(ActSchema):
    """What came of a measure."""

    result = words("结果", "Result", required=True)
    attachments = attachments()


class CommissionTest(ActSchema):
    """A test by a qualified laboratory; sampling with seals and a reserve sample."""

    laboratory = words("检验机构", "Laboratory", 200, required=True)
    qualification = words("资质认定编号（CMA）", "Qualification number (CMA)", 100, required=True)
    qualification_until = Day(required=True, metadata=text("资质有效期至", "Qualification valid until"))
    items = fields.List(
        words("项目", "Item", 200, required=True),
        required=True,
        validate=validate.Length(1, 30),
        metadata=text("检验项目", "Items"),
    )
    standard = words("检验依据", "Standard", 300, required=True)
    sampled_on = past_day("抽样日期", "Sampled on")
    seal_number = words("封样编号", "Seal number", 100, required=True)
    reserve_sample = fields.Boolean(required=True, metadata=text("留有备样", "Reserve sample kept"))


class RecordTestResult(ActSchema):
    """The laboratory's report."""

    report_number = words("报告编号", "Report number", 100, required=True)
    tested_on = past_day("检验日期", "Tested on")
    conforms = fields.Boolean(required=True, metadata=text("合格", "Conforms"))
    result = words("检验结果", "Result", required=True)
    attachments = attachments("检验报告", "Report")


class CommissionCity(ActSchema):
    """The province's written commission to a city bureau."""

    bureau = fields.String(
        required=True,
        validate=validate.Regexp(r"^org_\w+$"),
        metadata=text("市局", "City bureau", widget="organisation"),
    )
    bureau_name = words("市局名称", "Name of the bureau", 200, required=True)
    area = fields.String(
        required=True, validate=validate.Regexp(r"^\d{6}$"), metadata=text("行政区划代码", "Area code")
    )
    matter = words("委托事项", "Matter", required=True)
    days = working_days("完成期限（工作日）", "Working days")


class CityReport(ActSchema):
    """What the commissioned bureau found."""

    report = words("调查情况", "Report", required=True)
    attachments = attachments()


class PreparePlan(ActSchema):
    """The plan of the on-site investigation."""

    subject = words("调查事项", "Subject", 300, required=True)
    place = words("调查地点", "Place", 300, required=True)
    planned_on = Day(required=True, metadata=text("拟调查日期", "Planned on"))
    steps = fields.List(
        words("步骤", "Step", 500, required=True),
        required=True,
        validate=validate.Length(1, 30),
        metadata=text("调查步骤", "Steps"),
    )
    evidence = words("拟出示的证据", "Evidence to show", required=True)


class Reasons(ActSchema):
    """Why."""

    reasons = words("理由", "Reasons", required=True)


class Remarks(ActSchema):
    """What is to be said with it."""

    remarks = words("意见", "Remarks")


class FormTeam(ActSchema):
    """The investigation team."""

    officers = fields.List(
        fields.Nested(Officer), required=True, validate=validate.Length(1, 20), metadata=text("执法人员", "Officers")
    )
    institution_staff = fields.List(
        fields.Nested(Person), required=True, metadata=text("技术机构人员", "Institution's staff")
    )
    local_staff = fields.List(
        fields.Nested(Person), load_default=list, metadata=text("市、县局配合人员", "City and county staff")
    )


class RecordVisit(ActSchema):
    """The record of the on-site investigation."""

    visited_on = past_day("调查日期", "Date")
    place = words("地点", "Place", 300, required=True)
    officers = fields.List(
        fields.Nested(Officer),
        required=True,
        validate=validate.Length(1, 20),
        metadata=text("到场执法人员", "Officers present"),
    )
    certificates_shown = fields.Boolean(required=True, metadata=text("已出示执法证件", "Certificates shown"))
    cause_stated = fields.Boolean(required=True, metadata=text("已告知调查事由", "Cause stated"))
    evidence_shown = fields.List(
        words("证据", "Evidence", 300, required=True), required=True, metadata=text("已出示的证据", "Evidence shown")
    )
    present = words("被调查方在场人员", "Present for the investigated", 300, required=True, mark="personal")
    record = words("现场情况", "Record", required=True)
    signed = fields.Boolean(required=True, metadata=text("已逐页签字", "Signed on every page"))
    refusal = words("拒签说明", "Refusal noted", 500)
    attachments = attachments("照片和材料", "Photographs and papers")


class DraftReport(ActSchema):
    """The investigation report."""

    facts = words("调查查明的事实", "Facts", required=True)
    analysis = words("技术分析", "Analysis", required=True)
    conclusion = words("结论建议", "Proposed conclusion", 1000, required=True)
    attachments = attachments()


class RequestPanel(ActSchema):
    """What the experts are asked."""

    expertise = fields.List(
        one_of(EXPERTISE), required=True, validate=validate.Length(1, 9), metadata=text("专业", "Fields of expertise")
    )
    size = fields.Integer(required=True, strict=True, validate=validate.Range(1, 15), metadata=text("人数", "Size"))
    question = words("提请判定的问题", "Question", 1000, required=True)
    wanted_by = Day(required=True, metadata=text("期限", "Wanted by"))


class OpinionSigned(FactSchema):
    """The panel's opinion."""

    request = fields.String(required=True)
    panel = fields.String(required=True)
    conclusion = fields.String(required=True)
    reasons = fields.String(required=True)
    signed_on = fields.String(required=True)


class PanelWithdrawn(FactSchema):
    """A panel was withdrawn before it gave an opinion."""

    request = fields.String(required=True)
    panel = fields.String(required=True)
    reasons = fields.String(required=True)
    withdrawn_on = fields.String(required=True)


class RecordDetermination(ActSchema):
    """The determination that the province records."""

    conclusion = one_of(
        [("defect", "存在缺陷", "a defect exists"), ("no_defect", "不存在缺陷", "no defect exists")],
        required=True,
        metadata=text("判定结论", "Conclusion"),
    )
    defect = words("缺陷描述", "Defect", 1000, required=True)


class NotifyRecall(ActSchema):
    """What the recall notice says."""

    defect = words("缺陷描述", "Defect", 1000, required=True)
    requirements = words("召回要求", "Requirements", required=True)
    contact = words("联系人及联系方式", "Contact", 300)


class FileObjection(ActSchema):
    """The producer's objection, with materials (article 14)."""

    grounds = words("异议理由", "Grounds", required=True)
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
    reasons = words("审查情况", "Reasons", required=True)
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
    reasons = words("理由", "Reasons", required=True)


class RequestOrder(ActSchema):
    """Why the national administration is asked to order the recall."""

    grounds = words("报请理由", "Grounds", required=True)


class RecordOrder(ActSchema):
    """The national administration's decision."""

    number = words("决定文号", "Number", 100, required=True)
    decided_on = past_day("决定日期", "Decided on")
    decision = words("决定内容", "Decision", required=True)
    attachments = attachments()


class DeclareVoluntaryRecall(ActSchema):
    """What the producer recalls of itself while a case is open."""

    covers_all = fields.Boolean(required=True, metadata=text("覆盖全部涉案产品", "Covers all products of the case"))
    covers = words("召回范围", "What it covers", 1000, required=True)
    defect = words("缺陷描述", "Defect", 1000, required=True)
    reasons = words("主动召回的理由", "Reasons", required=True)
    attachments = attachments()


class PlanFiled(FactSchema):
    """The producer filed its plan at the recall service."""

    recall = fields.String(required=True)
    case = fields.String(load_default=None, allow_none=True)
    filed_on = fields.String(required=True)
    quantity = fields.Integer(load_default=None, allow_none=True)


class RecallClosed(FactSchema):
    """The recall ended."""

    recall = fields.String(required=True)
    closed_on = fields.String(required=True)
    result = fields.String(load_default=None, allow_none=True)
