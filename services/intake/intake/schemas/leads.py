"""What the acts on leads take."""

from marshmallow import fields, validate

from chassis.core.contracts.schema import ActSchema, Day, File, one_of, text
from intake.schemas.fields import ProductReport, line, prose

SOURCES = [
    ("public_report", "消费者反映", "report by the public"),
    ("spot_check", "监督抽查通报", "spot-check bulletin"),
    ("complaint_12315", "12315投诉举报", "12315 complaint"),
    ("public_opinion", "舆情监测", "public-opinion monitoring"),
    ("enforcement", "行政执法", "enforcement"),
    ("consumer_rights", "消费者权益保护", "consumer-rights work"),
    ("network_supervision", "网络监管", "network supervision"),
    ("daily_supervision", "日常监管", "daily supervision"),
    ("incident", "重大事故或重大危险报告", "report of a major accident or hazard"),
    ("overseas_recall", "境外召回报告", "report of a recall abroad"),
    ("foreign_alert", "境外召回信息", "foreign alert"),
]
NOTED = [
    row
    for row in SOURCES
    if row[0] not in ("public_report", "spot_check", "incident", "overseas_recall", "foreign_alert")
]


class PublicReport(ProductReport):
    """A report by anyone."""

    seller = line("购买渠道", "Where it was bought")
    bought_on = Day(past=True, metadata=text("购买日期", "Date of purchase"))
    photo = File(metadata=text("照片", "Photo"))
    contact_name = line("称呼", "Your name", 50, mark="informant", help_zh="可不填", help_en="Optional")
    contact = line(
        "联系方式",
        "How to reach you",
        100,
        mark="personal",
        help_zh="可不填，仅供核实使用",
        help_en="Optional, for verification alone",
    )


class NotedLead(ProductReport):
    """A lead that a division or a local bureau found in its work."""

    source = one_of(NOTED, required=True, metadata=text("线索来源", "Source"))
    discovered_on = Day(
        past=True,
        required=True,
        metadata=text(
            "发现日期", "Discovered on", "报送期限自次日起算", "The period for handing over counts from the next day"
        ),
    )
    reference = line(
        "原编号", "Reference", 60, help_zh="如12315工单号", help_en="Such as the number of the 12315 complaint"
    )
    photo = File(metadata=text("附件", "Attachment"))
    informant = line("举报人", "Informant", 100, mark="informant")
    contact = line("联系方式", "Contact", 100, mark="personal")


class DiscoveryDate(ActSchema):
    """The right date of discovery, and why it was wrong."""

    discovered_on = Day(past=True, required=True, metadata=text("发现日期", "Discovered on"))
    reasons = prose("更正理由", "Reasons", 1000, required=True)


class LocalAnalysis(ActSchema):
    """What a city or county bureau finds in its own analysis."""

    analysis = prose("分析意见", "Analysis", required=True)


class HandOver(ActSchema):
    """The hand-over of a lead to the recall division."""

    remarks = prose("说明", "Remarks", 2000)


class Incident(ProductReport):
    """A producer's or operator's report of a major accident or hazard."""

    discovered_on = Day(
        past=True,
        required=True,
        metadata=text(
            "发现日期", "Discovered on", "自发现之日起两个工作日内报告", "Due two working days from discovery"
        ),
    )
    consequence = one_of(
        [
            ("death", "造成死亡", "a death"),
            ("severe_injury", "造成严重人身伤害", "severe injury"),
            ("property", "造成重大财产损失", "major property damage"),
            ("major_hazard", "存在重大危险", "a major hazard"),
        ],
        required=True,
        metadata=text("后果", "Consequence"),
    )
    place = line("发生地点", "Place")
    measures = prose("已采取的措施", "Measures taken", 2000)
    attachment = File(metadata=text("附件", "Attachment"))


class OverseasRecall(ProductReport):
    """A producer's or operator's report of a recall abroad."""

    discovered_on = Day(
        past=True,
        required=True,
        metadata=text(
            "知悉日期", "Discovered on", "自知悉之日起两个工作日内报告", "Due two working days from discovery"
        ),
    )
    country = line("召回国家或地区", "Country or region", 100, required=True)
    recall_number = line("境外召回编号", "Number of the recall abroad", 60)
    sold_here = fields.Boolean(
        required=True, truthy={True}, falsy={False}, metadata=text("境内是否销售", "Sold in China")
    )
    quantity = fields.Integer(
        strict=True, validate=validate.Range(0, 1_000_000_000), metadata=text("境内数量", "Quantity in China")
    )
    measures = prose("境外采取的措施", "Measures abroad", 2000)
    attachment = File(metadata=text("附件", "Attachment"))


class Acceptance(ActSchema):
    """An official's judgement that the lead is the province's."""

    ground = one_of(
        [
            ("produced_here", "本省生产", "produced in the province"),
            ("sold_here", "本省销售", "sold in the province"),
            ("both", "本省生产并销售", "produced and sold here"),
        ],
        required=True,
        metadata=text("管辖依据", "Ground of jurisdiction", "信用代码仅作提示", "The credit code only suggests"),
    )
    reasons = prose("理由", "Reasons", 1000)


class Referral(ActSchema):
    """Where a lead, or its producer's part, goes, and why."""

    ground = one_of(
        [
            ("other_regime", "由其他法律法规调整", "another law governs the product"),
            ("producer_elsewhere", "生产者在外省", "the producer sits elsewhere"),
        ],
        required=True,
        metadata=text("移送依据", "Ground"),
    )
    regime = line(
        "适用的法规领域", "Other regime", 60, help_zh="按其他法规移送时填写", help_en="Where another regime takes it"
    )
    authority = line("受移送机关", "Authority", 100, required=True)
    reasons = prose("移送理由", "Reasons", 2000, required=True)


class ReferralReply(ActSchema):
    """What the other authority answered."""

    reply = one_of(
        [("taken_over", "已接收", "taken over"), ("declined", "不接收", "declined")],
        required=True,
        metadata=text("回复", "Reply"),
    )
    replied_on = Day(past=True, required=True, metadata=text("回复日期", "Replied on"))
    reference = line("回复文号", "Reference", 60)
    contents = prose("回复内容", "Contents", 2000)


class SpotCheckLead(ProductReport):
    """A failing line of a bulletin, as the system opens a lead from it."""

    bulletin = fields.String(required=True)
    bulletin_number = fields.String(required=True)
    line = fields.Integer(strict=True, required=True)
    handed_over_on = Day(required=True)
    failing = fields.Dict(required=True)


class AlertLead(ProductReport):
    """A foreign alert, as the system opens a lead from it; `scope` says whether another regime seems to govern the product."""

    scope = one_of(
        [
            ("consumer_product", "消费品", "consumer product"),
            ("other_regime", "疑由其他法规调整", "seems another regime's"),
        ],
        required=True,
    )
    regime = fields.String(allow_none=True)
    alert = fields.Dict(required=True)
