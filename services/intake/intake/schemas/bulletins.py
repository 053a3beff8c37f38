"""What the acts on spot-check bulletins take."""

from marshmallow import RAISE, Schema, fields, validate

from chassis.core.contracts.schema import ActSchema, Day, File, one_of, text
from intake.schemas.fields import CATEGORIES, credit_code, line, lines, prose


class FailingLine(Schema):
    """One product that failed a check: which item, what was measured against which limit."""

    class Meta:
        unknown = RAISE

    product = line("产品名称", "Product", required=True)
    brand = line("品牌", "Brand", 100)
    model = line("型号", "Model", 100)
    category = one_of(CATEGORIES, metadata=text("产品类别", "Category"))
    gtin = line("条码", "Bar code", 60)
    batches = lines("批次", "Batches")
    producer = line("生产者名称", "Producer", required=True)
    credit_code = credit_code()
    sampled_at = line("被抽样单位", "Sampled at")
    item = line("不合格项目", "Failing item", 100, required=True)
    measured = line("实测值", "Measured", 40, required=True)
    limit = line("标准限值", "Limit", 40, required=True)
    unit = line("单位", "Unit", 30)
    under_reinspection = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata=text(
            "复检中", "Under re-inspection", "复检中的结果另行标注", "A result under re-inspection is flagged"
        ),
    )


class Bulletin(ActSchema):
    """A bulletin with its failing lines."""

    number = line("通报文号", "Number", 60, required=True)
    title = line("通报标题", "Title", 200, required=True)
    issued_on = Day(
        past=True,
        required=True,
        metadata=text("印发日期", "Issued on", "报送期限自次日起算", "The period counts from the next day"),
    )
    lines = fields.List(
        fields.Nested(FailingLine),
        required=True,
        validate=validate.Length(1, 200),
        metadata=text("不合格项目", "Failing lines"),
    )
    attachment = File(metadata=text("通报原件", "The bulletin"))


class IssueDate(ActSchema):
    """The right date of issue, and why it was wrong."""

    issued_on = Day(past=True, required=True, metadata=text("印发日期", "Issued on"))
    reasons = prose("更正理由", "Reasons", 1000, required=True)


class BulletinHandOver(ActSchema):
    """The hand-over of a bulletin to the recall division."""

    remarks = prose("说明", "Remarks", 2000)
