"""Pieces that several schemas of this service share: people, fields of expertise, relations, reasons."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from chassis.core.contracts.schema import ActSchema, CreditCode, one_of, text
from experts.domain.pool import FIELDS

RELATIONS = [
    ("employee", "受雇", "employed there"),
    ("adviser", "顾问或咨询", "adviser"),
    ("owner", "出资或持股", "owner or shareholder"),
    ("relative", "近亲属关系", "a near relative works there"),
    ("supplier", "供货或合作", "supplier or partner"),
    ("competitor", "竞争", "competitor"),
    ("other", "其他利害关系", "another interest"),
]
"""How an expert may be related to a firm: (code, Chinese, English)."""


def triples(texts: Mapping[str, tuple[str, str]]) -> list[tuple[str, str, str]]:
    """The (code, Chinese, English) rows that a choice field takes."""
    return [(code, zh, en) for code, (zh, en) in texts.items()]


def person(zh: str = "人员账号", en: str = "Person (account id)", **more: Any) -> fields.String:
    """A person's id, as the gateway's accounts give it."""
    shape = validate.Regexp(r"^person_[A-Za-z0-9_-]{1,60}$", error="人员编号格式不正确 / not the id of a person")
    return fields.String(required=True, validate=shape, metadata=text(zh, en, **more))


def free_text(zh: str, en: str, longest: int = 2000, *, required: bool = True, **more: Any) -> fields.String:
    """Free text of at most `longest` characters; long ones get a large box."""
    shape = validate.Length(1, longest, error=f"1 至 {longest} 字 / 1 to {longest} characters")
    hints: dict[str, Any] = {"long": True} if longest > 300 else {}
    return fields.String(required=required, validate=shape, metadata=text(zh, en, **hints, **more))


def reasons() -> fields.String:
    """The reasons that an act has to give."""
    return free_text("理由", "Reasons")


def expertise() -> fields.List[Any]:
    """The fields of expertise, under the key `fields`."""
    return fields.List(
        one_of(triples(FIELDS)),
        required=True,
        data_key="fields",
        validate=validate.Length(1, len(FIELDS), error="至少选择一个领域 / choose at least one field"),
        metadata=text("专业领域", "Fields of expertise"),
    )


class Relation(ActSchema):
    """A firm that an expert is related to, by its unified social credit code."""

    code = CreditCode(required=True, metadata=text("统一社会信用代码", "Unified social credit code"))
    firm = free_text("企业名称", "Firm", 200)
    relation = one_of(RELATIONS, required=True, metadata=text("关系", "Relation"))
