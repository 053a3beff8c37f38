"""Fields that several acts of this service share."""

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.core.contracts.schema import File, text

MOST = 1_000_000_000
"""More units of one product than anybody has recalled: a larger number is a typing error."""


def free_text(zh: str, en: str, most: int = 2000, **more: Any) -> fields.String:
    """A text that people write; `most` characters at most, not empty when it is required."""
    marks = {key: more.pop(key) for key in ("mark", "help_zh", "help_en") if key in more}
    least = 1 if more.get("required") else 0
    return fields.String(
        validate=validate.Length(least, most),
        metadata=text(zh, en, **marks, **({"widget": "long"} if most > 200 else {})),
        **more,
    )


def units(zh: str, en: str, least: int = 0, **more: Any) -> fields.Integer:
    """A count of units of the product."""
    return fields.Integer(strict=True, validate=validate.Range(least, MOST), metadata=text(zh, en), **more)


def working_days(zh: str, en: str) -> fields.Integer:
    """The number of days that the bureau sets."""
    return fields.Integer(strict=True, required=True, validate=validate.Range(1, 120), metadata=text(zh, en))


def yes_no(zh: str, en: str) -> fields.Boolean:
    """A finding that must be made."""
    return fields.Boolean(required=True, truthy={True}, falsy={False}, metadata=text(zh, en))


def items(of: type[Schema], zh: str, en: str, least: int = 0, most: int = 100, **more: Any) -> fields.List[Any]:
    """A list of rows."""
    return fields.List(fields.Nested(of), validate=validate.Length(least, most), metadata=text(zh, en), **more)


def attachments() -> fields.List[Any]:
    """The files that go with an act."""
    return fields.List(File(), validate=validate.Length(0, 20), metadata=text("附件", "Attachments"))


def organisation(zh: str, en: str) -> fields.String:
    """The id of an organisation that the gateway knows."""
    return fields.String(
        required=True,
        validate=validate.Regexp(r"^org_[0-9A-Za-z_-]{2,60}$", error="机构编号格式不正确 / not an organisation's id"),
        metadata=text(zh, en, widget="organisation"),
    )


def area() -> fields.String:
    """An administrative division code (GB/T 2260)."""
    return fields.String(
        required=True,
        validate=validate.Regexp(
            r"^\d{6}$", error="行政区划代码为六位数字 / an administrative division code has six digits"
        ),
        metadata=text("行政区划代码", "Administrative division code"),
    )
