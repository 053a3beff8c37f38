"""Fields that several acts of a case share, each with its texts."""

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.core.contracts.schema import ActSchema, CreditCode, Day, File, text


def free_text(zh: str, en: str, most: int = 4000, *, required: bool = False, **more: Any) -> fields.String:
    """Return a text of 1 to `most` characters; long ones get a large box in forms."""
    widget = {"widget": "long"} if most > 300 else {}
    return fields.String(required=required, validate=validate.Length(1, most), metadata=text(zh, en, **widget, **more))


def working_days(zh: str, en: str, *, most: int = 60) -> fields.Integer:
    """Return a number of working days that the bureau sets."""
    return fields.Integer(required=True, strict=True, validate=validate.Range(1, most), metadata=text(zh, en))


def attachments(zh: str = "附件", en: str = "Attachments") -> fields.List[Any]:
    """Return a list of up to twenty files."""
    return fields.List(File(), load_default=list, validate=validate.Length(max=20), metadata=text(zh, en))


class Officer(Schema):
    """An officer with the number of the certificate that was shown."""

    name = free_text("姓名", "Name", 60, required=True)
    certificate = free_text("执法证号", "Certificate number", 60, required=True)


class Person(Schema):
    """Somebody of another body: who, of which unit."""

    name = free_text("姓名", "Name", 60, required=True)
    unit = free_text("单位", "Unit", 200, required=True)


class Producer(Schema):
    """A producer: by credit code, or a foreign one with its importer or domestic agent (article 3(1))."""

    code = CreditCode(
        load_default=None, allow_none=True, metadata=text("统一社会信用代码", "Unified social credit code")
    )
    name = free_text("名称", "Name", 200, required=True)
    address = free_text("住所", "Address", 300)
    foreign = fields.Boolean(load_default=False, metadata=text("境外生产者", "Foreign producer"))
    agent_code = CreditCode(
        load_default=None, allow_none=True, metadata=text("进口商或境内代理人信用代码", "Importer's or agent's code")
    )
    agent_name = free_text("进口商或境内代理人", "Importer or domestic agent", 200)


class Product(Schema):
    """A product as the case names it."""

    name = free_text("产品名称", "Product", 200, required=True)
    brand = free_text("品牌", "Brand", 200)
    model = free_text("型号", "Model", 200)
    category = free_text("类别", "Category", 200)


def past_day(zh: str, en: str, *, required: bool = True) -> Day:
    """Return a date that is not in the future."""
    return Day(past=True, required=required, metadata=text(zh, en))


class Reasons(ActSchema):
    """Why."""

    reasons = free_text("理由", "Reasons", required=True)


class Remarks(ActSchema):
    """What is to be said with it."""

    remarks = free_text("意见", "Remarks")
