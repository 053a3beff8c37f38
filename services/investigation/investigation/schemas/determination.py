"""What the defect determination by a panel takes (article 13(4))."""

from marshmallow import fields, validate

from chassis.core.contracts.schema import ActSchema, Day, one_of, text
from investigation.schemas.fields import free_text

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


class RequestPanel(ActSchema):
    """What the experts are asked."""

    expertise = fields.List(
        one_of(EXPERTISE), required=True, validate=validate.Length(1, 9), metadata=text("专业", "Fields of expertise")
    )
    size = fields.Integer(required=True, strict=True, validate=validate.Range(1, 15), metadata=text("人数", "Size"))
    question = free_text("提请判定的问题", "Question", 1000, required=True)
    wanted_by = Day(required=True, metadata=text("期限", "Wanted by"))


class RecordDetermination(ActSchema):
    """The determination that the province records."""

    conclusion = one_of(
        [("defect", "存在缺陷", "a defect exists"), ("no_defect", "不存在缺陷", "no defect exists")],
        required=True,
        metadata=text("判定结论", "Conclusion"),
    )
    defect = free_text("缺陷描述", "Defect", 1000, required=True)
