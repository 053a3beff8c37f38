"""JSON Schemas of acts for tests of the pages, with every kind of field that a form draws."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def text(zh: str, en: str, **more: Any) -> Row:
    """A property's texts, as the chassis puts them into schemas."""
    return {"title": zh, "x-en": en, **more}


def schema(properties: Row, required: list[str] | None = None, **definitions: Row) -> Row:
    """An act's JSON Schema."""
    plain: Row = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**plain, "required": required or [], **({"$defs": definitions} if definitions else {})}


FILE = {
    "type": "object",
    "required": ["hash", "name", "size", "media_type"],
    "properties": {
        "hash": {"type": "string"},
        "name": {"type": "string"},
        "size": {"type": "integer"},
        "media_type": {"type": "string"},
    },
}

DRAFT_STEP = schema(
    {"draft": {"type": "string", **text("草稿", "Draft")}, "hash": {"type": "string"}, "reasons": {"type": "string"}},
    ["draft"],
)

REPORT = schema(
    {
        "product": {"type": "string", "maxLength": 100, **text("产品名称", "Product")},
        "brand": {"type": "string", **text("品牌、型号", "Brand and model")},
        "bought_on": {"type": ["string", "null"], "format": "date", **text("购买日期", "Bought on"), "x-past": True},
        "injured": {"type": "boolean", **text("是否有人受伤", "Was anybody hurt")},
        "what": {
            "type": "string",
            "maxLength": 2000,
            **text(
                "发生了什么",
                "What happened",
                description="时间、地点、怎样发生的",
                **{"x-help-en": "When, where and how"},
            ),
        },
        "photos": {
            "type": "array",
            "items": {"$ref": "#/$defs/File", **text("照片", "Photo"), "x-widget": "file"},
            **text("照片", "Photos"),
        },
        "name": {"type": "string", **text("您的姓名", "Your name"), "x-mark": "personal"},
        "contact": {"type": "string", **text("联系方式", "How to reach you"), "x-mark": "personal"},
    },
    ["product", "what"],
    File=FILE,
)

VISIT_RECORD = schema(
    {
        "visited_on": {"type": "string", "format": "date", **text("调查日期", "Date of the visit"), "x-past": True},
        "began_at": {"type": "string", "format": "date-time", **text("开始时间", "Began at")},
        "officers": {
            "type": "array",
            "minItems": 2,
            **text(
                "执法人员",
                "Officers",
                description="不少于两人，均须出示执法证",
                **{"x-help-en": "At least two; each shows the certificate"},
            ),
            "items": {"$ref": "#/$defs/Officer"},
        },
        "evidence_shown": {"type": "boolean", **text("已出示相关证据", "Evidence was shown")},
        "place": {"$ref": "#/$defs/Place", **text("地点", "Place")},
        "samples": {"type": "integer", "minimum": 0, **text("抽取样品数", "Samples taken")},
        "concentration": {"type": "number", **text("甲醛释放量", "Formaldehyde released", **{"x-unit": "mg/L"})},
        "cost": {"type": "integer", **text("样品费用", "Cost of the samples"), "x-unit": "fen"},
        "measures": {
            "type": "array",
            **text("采取的措施", "Measures taken"),
            "items": {
                "type": "string",
                "enum": ["copy", "seal", "question"],
                "x-choices": [
                    {"value": "copy", "zh": "查阅复制", "en": "consulted and copied"},
                    {"value": "seal", "zh": "抽样封存", "en": "sampled and sealed"},
                    {"value": "question", "zh": "询问", "en": "questioned"},
                ],
            },
        },
        "keywords": {"type": "array", "items": {"type": "string"}, **text("关键词", "Keywords")},
        "result": {
            "type": "string",
            "enum": ["defect", "no_defect"],
            "x-choices": [
                {"value": "defect", "zh": "存在缺陷", "en": "defect"},
                {"value": "no_defect", "zh": "不存在缺陷", "en": "no defect"},
            ],
            **text("初步结论", "First conclusion"),
        },
        "laboratory": {"type": "string", **text("检验机构", "Laboratory")},
        "record": {"$ref": "#/$defs/File", "x-widget": "file", **text("现场笔录", "Record of the visit")},
        "related": {"type": "string", **text("有关案件", "Related case"), "x-root": "case"},
        "note": {"type": "string", "x-widget": "long", **text("备注", "Note")},
    },
    ["visited_on", "officers", "evidence_shown"],
    File=FILE,
    Officer=schema(
        {
            "name": {"type": "string", **text("姓名", "Name")},
            "certificate": {"type": "string", **text("执法证号", "Certificate number")},
            "shown": {"type": "boolean", **text("已出示", "Shown")},
        },
        ["name", "certificate"],
    ),
    Place=schema(
        {"name": {"type": "string", **text("名称", "Name")}, "address": {"type": "string", **text("地址", "Address")}},
        ["name"],
    ),
)
