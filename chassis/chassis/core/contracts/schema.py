"""Schemas of what acts take and what facts carry: marshmallow, with texts in two languages, marks and JSON Schema."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as NumberFault

from chassis.core.errors import Refusal


def text(zh: str, en: str, help_zh: str | None = None, help_en: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a field's metadata: its label in Chinese and English, help, and marks.

    `mark=` names who may see it (`personal`, `trade_secret`, …): the value is sealed. `widget=` hints at the form.
    """
    metadata: dict[str, Any] = {"title": zh, "x-en": en}
    if help_zh:
        metadata["description"] = help_zh
        metadata["x-help-en"] = help_en or ""
    return metadata | {f"x-{key}": value for key, value in more.items()}


class ActSchema(Schema):
    """What an act takes; an unknown field is refused."""

    class Meta:
        unknown = RAISE


class FactSchema(Schema):
    """What a fact carries; a reader tolerates what it does not know."""

    class Meta:
        unknown = EXCLUDE


class Nothing(ActSchema):
    """An act that takes no data."""


class Anything(Schema):
    """The data of an act that an event performs and whose function reads what it needs."""

    class Meta:
        unknown = EXCLUDE


class Day(fields.Date):
    """A date, `YYYY-MM-DD`; `past=True` refuses one in the future (of legal time in Asia/Shanghai)."""

    def __init__(self, *, past: bool = False, **more: Any) -> None:
        super().__init__(**more)
        self.past = past
        if past:
            self.metadata = {**self.metadata, "x-past": True}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> date:
        day = super()._deserialize(value, attr, data, **more)
        if self.past and _legal.day and day > _legal.day:
            raise ValidationError("日期不能晚于今天 / the date lies in the future")
        return day


class _Legal:
    """The legal date that `Day(past=True)` compares with while a schema loads; a load never yields."""

    day: date | None = None


_legal = _Legal()


class CreditCode(fields.String):
    """A unified social credit code (GB 32100); its check digit is checked."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        code = super()._deserialize(value, attr, data, **more)
        try:
            return str(uscc.validate(code))
        except NumberFault:
            raise ValidationError(
                "统一社会信用代码不正确（校验位不符）/ not a valid unified social credit code"
            ) from None


class RootRef(fields.String):
    """The id of another root of this service, which the act names, locks and may move."""

    def __init__(self, kind: str, **more: Any) -> None:
        super().__init__(
            validate=validate.Regexp(rf"^{kind}_[0-9a-f-]{{36}}$", error="编号格式不正确 / not an id of this kind"),
            **more,
        )
        self.kind = kind
        self.metadata = {**self.metadata, "x-root": kind}


class FileSchema(Schema):
    """A file in the content-addressed store."""

    class Meta:
        unknown = RAISE

    hash = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}$"))
    name = fields.String(required=True, validate=validate.Length(1, 200))
    size = fields.Integer(required=True, strict=True, validate=validate.Range(0))
    media_type = fields.String(required=True, validate=validate.Length(1, 100))


def File(**more: Any) -> fields.Nested:
    """Return a field that holds a file's hash, name, size and media type."""
    more["metadata"] = {**more.get("metadata", {}), "x-widget": "file"}
    return fields.Nested(FileSchema, **more)


def one_of(choices: Iterable[tuple[str, str, str]], **more: Any) -> fields.String:
    """Return a field with fixed choices, each (value, zh, en)."""
    rows = list(choices)
    more["metadata"] = {
        **more.get("metadata", {}),
        "x-choices": [{"value": v, "zh": zh, "en": en} for v, zh, en in rows],
    }
    return fields.String(
        validate=validate.OneOf([v for v, _, _ in rows], error="不在可选项中 / not one of the choices"), **more
    )


def load(schema: Schema, data: Any, today: date, absent: tuple[str, ...] = ()) -> dict[str, Any]:
    """Validate data and return it as JSON values (dates as ISO text); a Refusal names each field that is wrong.

    `absent` names required fields that may be missing this once.
    """
    _legal.day = today
    try:
        return dict(schema.dump(schema.load(data, partial=absent or None)))
    except ValidationError as fault:
        raise Refusal("invalid", errors=flatten(_messages(fault))) from None
    except (OverflowError, RecursionError, AttributeError) as fault:
        raise Refusal("invalid", errors={"": [f"无法解析 / cannot be read: {type(fault).__name__}"]}) from None
    finally:
        _legal.day = None


def _messages(fault: ValidationError) -> Any:
    """Return a fault's messages; one that belongs to no field stands under `_schema`."""
    return fault.messages if isinstance(fault.messages, dict) else {"_schema": fault.messages}


TRANSLATED = {
    "Missing data for required field.": "必填",
    "Field may not be null.": "不能为空",
    "Unknown field.": "未知字段",
    "Not a valid string.": "应为文字",
    "Not a valid integer.": "应为整数",
    "Not a valid date.": "日期格式应为 YYYY-MM-DD",
    "Not a valid boolean.": "应为是或否",
    "Not a valid list.": "应为列表",
    "Invalid input type.": "类型不正确",
    "Invalid value.": "值不正确",
    "Shorter than minimum length 1.": "不能为空",
}


def flatten(messages: Any, path: str = "") -> dict[str, list[str]]:
    """Return marshmallow's nested messages as dotted paths, Chinese before English where it is known."""
    if isinstance(messages, dict):
        paths: dict[str, list[str]] = {}
        for key, value in messages.items():
            inner = path if key == "_schema" else f"{path}.{key}" if path else str(key)
            paths |= flatten(value, inner)
        return paths
    return {path: [f"{TRANSLATED[m]} / {m}" if m in TRANSLATED else str(m) for m in messages]}


def marked(schema: Schema) -> dict[str, str]:
    """Return the top-level fields of a schema that are marked, with their marks."""
    return {name: field.metadata["x-mark"] for name, field in schema.fields.items() if "x-mark" in field.metadata}


def named_roots(schema: Schema) -> dict[str, str]:
    """Return the fields that name other roots (single or list), with the kind they name."""
    kinds = {}
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, RootRef):
            kinds[name] = inner.kind
    return kinds


def json_schema(schema: type[Schema]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a schema class, self-contained: nested schemas stand in `$defs`."""
    plugin = MarshmallowPlugin(
        schema_name_resolver=lambda schema: schema.__name__ if isinstance(schema, type) else type(schema).__name__
    )
    spec = APISpec("", "", openapi_version="3.1.0", plugins=[plugin])
    converter: Any = plugin.converter
    converter.add_attribute_function(_credit_codes)
    body = converter.schema2jsonschema(schema())
    definitions = spec.to_dict().get("components", {}).get("schemas", {})
    document = {
        "title": schema.__name__,
        "description": (schema.__doc__ or "").strip().splitlines()[0] if schema.__doc__ else "",
        **body,
    }
    if definitions:
        document["$defs"] = definitions
    moved: dict[str, Any] = _rewrite(document)
    return moved


def _credit_codes(_: Any, field: Any, **__: Any) -> dict[str, Any]:
    return {"format": "credit-code"} if isinstance(field, CreditCode) else {}


def _rewrite(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: item.replace("#/components/schemas/", "#/$defs/") if key == "$ref" else _rewrite(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_rewrite(item) for item in value]
    return value
