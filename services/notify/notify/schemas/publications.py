"""What the acts on publications and safety tips take."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from chassis.core.contracts.schema import ActSchema, Day, File
from chassis.core.contracts.schema import text as label

SHORT, LONG = validate.Length(1, 200), validate.Length(1, 20000)
WEB = validate.URL(schemes={"http", "https"}, require_tld=False, error="网址不正确 / not an address of the web")
NATIONAL_NUMBER = validate.Regexp(
    r"^[0-9A-Za-z一-鿿〔〕\[\]（）()\-]{4,60}$", error="召回编号格式不正确 / not a recall number"
)


class PlanFiled(Schema):
    """What of `recall.plan-filed.v1` a publication needs."""

    class Meta:
        unknown = EXCLUDE

    recall = fields.String(required=True)
    case = fields.String(load_default=None, allow_none=True)
    plan = fields.Dict(load_default=dict, allow_none=True)
    producer = fields.Dict(required=True)
    product = fields.Dict(required=True)
    hazard = fields.Raw(load_default=None, allow_none=True)
    measures = fields.Raw(load_default=None, allow_none=True)
    quantity = fields.Raw(load_default=None, allow_none=True)
    filed_on = Day(required=True)


class RecallClosed(Schema):
    """What of `recall.recall-closed.v1` a publication needs."""

    class Meta:
        unknown = EXCLUDE

    recall = fields.String(required=True)
    closed_on = Day(required=True)
    result = fields.Raw(load_default=None, allow_none=True)


class Platform(ActSchema):
    """The recall as the national platform shows it."""

    national_number = fields.String(
        required=True,
        validate=NATIONAL_NUMBER,
        metadata=label("召回编号", "National recall number", "全国召回信息系统的编号", "As on the national platform"),
    )
    published_on = Day(past=True, required=True, metadata=label("公示日期", "Published on"))
    url = fields.String(
        required=True, validate=[WEB, validate.Length(max=500)], metadata=label("公示网址", "Address of the page")
    )


class News(ActSchema):
    """The recall news."""

    title = fields.String(required=True, validate=SHORT, metadata=label("新闻标题", "Title"))
    text = fields.String(required=True, validate=LONG, metadata=label("新闻正文", "Text", widget="textarea"))
    published_on = Day(past=True, required=True, metadata=label("发布日期", "Published on"))
    url = fields.String(
        load_default=None, allow_none=True, validate=[WEB, validate.Length(max=500)], metadata=label("网址", "Address")
    )


class Correction(ActSchema):
    """What is put right in a publication, and why."""

    national_number = fields.String(
        load_default=None,
        allow_none=True,
        validate=NATIONAL_NUMBER,
        metadata=label("召回编号", "National recall number"),
    )
    published_on = Day(past=True, load_default=None, allow_none=True, metadata=label("公示日期", "Published on"))
    url = fields.String(
        load_default=None,
        allow_none=True,
        validate=[WEB, validate.Length(max=500)],
        metadata=label("公示网址", "Address of the page"),
    )
    news_title = fields.String(
        load_default=None, allow_none=True, validate=SHORT, metadata=label("新闻标题", "News title")
    )
    news_text = fields.String(
        load_default=None, allow_none=True, validate=LONG, metadata=label("新闻正文", "News text", widget="textarea")
    )
    reasons = fields.String(required=True, validate=LONG, metadata=label("更正理由", "Reasons", widget="textarea"))

    @validates_schema
    def something(self, data: dict[str, Any], **_: Any) -> None:
        """A correction changes something."""
        if not any(data.get(name) for name in ("national_number", "published_on", "url", "news_title", "news_text")):
            raise ValidationError({"national_number": ["请填写要更正的内容 / say what is corrected"]})


class Withdrawal(ActSchema):
    """Why a publication or a tip is withdrawn."""

    reasons = fields.String(required=True, validate=LONG, metadata=label("撤回理由", "Reasons", widget="textarea"))


class Tip(ActSchema):
    """A safety tip for consumers."""

    title = fields.String(required=True, validate=SHORT, metadata=label("标题", "Title"))
    text = fields.String(required=True, validate=LONG, metadata=label("正文", "Text", widget="textarea"))
    product = fields.String(load_default=None, allow_none=True, validate=SHORT, metadata=label("涉及产品", "Product"))
    published_on = Day(past=True, required=True, metadata=label("发布日期", "Published on"))
    attachment = File(load_default=None, allow_none=True, metadata=label("附件", "Attachment"))
