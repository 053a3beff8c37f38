"""Fields that several of intake's acts share: texts of a bounded length, categories, hazards, severity, and the product itself."""

import unicodedata
from typing import Any

from marshmallow import ValidationError, fields, validate

from chassis.core.contracts.schema import ActSchema, CreditCode, Day, one_of, text
from intake.data import load
from intake.domain.producers import is_credit_code

CATEGORIES = [(code, row["zh"], row["en"]) for code, row in load("categories").items()]
HAZARDS = [(code, row["zh"], row["en"]) for code, row in load("hazards").items()]
SEVERITIES = [
    ("none", "没有伤害", "no injury"),
    ("minor", "轻微伤害", "minor injury"),
    ("severe", "严重伤害", "severe injury"),
    ("death", "死亡", "death"),
]
SEVERITY_ORDER = [code for code, _, _ in SEVERITIES]


def printable(value: str) -> None:
    """Refuse control characters and half surrogates, which no database keeps as they are; line breaks are allowed."""
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t" for sign in value):
        raise ValidationError("含有不可见的控制字符 / holds control characters")


def line(
    zh: str, en: str, longest: int = 200, *, help_zh: str | None = None, help_en: str | None = None, **more: Any
) -> fields.String:
    """Return a field for a line of text; required ones may not be empty."""
    hints = {key: more.pop(key) for key in ("mark", "widget") if key in more}
    shortest = 1 if more.get("required") else None
    return fields.String(
        validate=[validate.Length(shortest, longest), printable],
        metadata=text(zh, en, help_zh, help_en, **hints),
        **more,
    )


def prose(zh: str, en: str, longest: int = 5000, **more: Any) -> fields.String:
    """Return a field for several sentences."""
    return line(zh, en, longest, widget="long", **more)


def lines(zh: str, en: str, most: int = 100, longest: int = 100, **more: Any) -> "fields.List[str]":
    """Return a field for a list of short texts."""
    inner = fields.String(validate=[validate.Length(1, longest), printable])
    return fields.List(
        inner, validate=validate.Length(1 if more.get("required") else None, most), metadata=text(zh, en), **more
    )


def credit_code(**more: Any) -> CreditCode:
    """Return the field of a unified social credit code, checked to its check character."""
    return CreditCode(
        metadata=text(
            "统一社会信用代码",
            "Unified social credit code",
            "十八位；仅用于提示所在地",
            "18 characters; it only suggests the seat",
        ),
        **more,
    )


def credit_code_given(value: str) -> None:
    """Refuse a code that is no unified social credit code, for fields that may also be empty."""
    if value and not is_credit_code(value):
        raise ValidationError("统一社会信用代码不正确（校验位不符）/ not a valid unified social credit code")


class ProductReport(ActSchema):
    """A product, its maker and what it did, as the acts that open a lead take them."""

    product = line("产品名称", "Product", required=True)
    brand = line("品牌", "Brand", 100)
    model = line("型号", "Model", 100)
    category = one_of(CATEGORIES, metadata=text("产品类别", "Category"))
    gtin = line("条码", "Bar code", 60, help_zh="商品条码上的数字", help_en="The digits of the bar code")
    batches = lines("批次", "Batches")
    producer = line("生产者名称", "Producer")
    credit_code = credit_code()
    hazard = line("危害", "Hazard", 500, help_zh="可能造成什么危害", help_en="What harm it may do")
    hazards = fields.List(
        one_of(HAZARDS), validate=validate.Length(max=8), metadata=text("危害类型", "Kinds of hazard")
    )
    injury = line("伤害情况", "Injury", 1000)
    severity = one_of(SEVERITIES, metadata=text("伤害程度", "Severity"))
    happened_on = Day(past=True, metadata=text("发生日期", "When it happened"))
    description = prose("情况描述", "What happened")


class Reasons(ActSchema):
    """An act that needs nothing but its reasons."""

    reasons = prose("理由", "Reasons", 2000, required=True)
