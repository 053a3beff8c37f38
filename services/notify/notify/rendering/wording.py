"""Facts in Chinese words: dates, products, firms, lists and coded values as a document prints them. Pure."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

IDENTIFIERS = (
    "id",
    "root",
    "case",
    "recall",
    "signal",
    "lead",
    "panel",
    "request",
    "assignment",
)  # machine ids, never printed


@cache
def names() -> dict[str, dict[str, str]]:
    """`facts`: what a field is called; `values`: words for coded values."""
    book = yaml.safe_load((Path(__file__).parent / "names.yaml").read_text("utf-8"))
    return {part: {str(key).lower(): text for key, text in book[part].items()} for part in ("facts", "values")}


def chinese_date(iso: str) -> str:
    """`2026-07-06` → `2026年7月6日` (Arabic digits, as GB/T 9704 writes the date of a document)."""
    day = date.fromisoformat(iso[:10])
    return f"{day.year}年{day.month}月{day.day}日"


def fact_name(key: str) -> str:
    """What a field is called on paper; a field without an entry keeps its own name."""
    return names()["facts"].get(key, key)


def text(value: Any) -> str:
    """One fact as words. Lists are joined, objects written as 名称：…；codes and ISO dates turned into Chinese."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10000 else str(value)
    if isinstance(value, str):
        return names()["values"].get(value, chinese_date(value) if _is_date(value) else value)
    if isinstance(value, list):
        return "；".join(filter(None, (text(item) for item in value)))
    if isinstance(value, dict):
        return "，".join(f"{fact_name(key)}：{text(item)}" for key, item in value.items() if _printed(key, item))
    return str(value)


def product(value: Any) -> str:
    """A product in one phrase: `“示例”牌书桌（型号：SL-120；批次：2203、2204；数量：1260）`."""
    if not isinstance(value, dict):
        return text(value)
    brand = value.get("brand")
    known = ("brand", "name", "category", "unit")
    details = [
        f"{fact_name(key)}：{_enumerated(item)}"
        for key, item in value.items()
        if key not in known and _printed(key, item)
    ]
    name = (f"“{brand}”牌" if brand else "") + str(value.get("name") or value.get("category") or "消费品")
    return name + (f"（{'；'.join(details)}）" if details else "")


def firm(value: Any) -> str:
    """A producer or operator in one phrase: the name, then its credit code in brackets."""
    if not isinstance(value, dict):
        return text(value)
    code = value.get("code")
    return str(value.get("name", "")) + (f"（统一社会信用代码：{code}）" if code else "")


def listed(value: Any) -> list[str]:
    """A fact as list items: a list as it is, one text split at its line ends."""
    if value in (None, ""):
        return []
    if isinstance(value, list):
        return [_item(item) for item in value if item not in (None, "")]
    return [line.strip() for line in text(value).splitlines() if line.strip()]


def table(fields: dict[str, Any]) -> list[list[str]]:
    """Every printable fact as [name, text] rows, for the plain layout."""
    special = {"product": product, "producer": firm, "operator": firm}
    return [[fact_name(key), special.get(key, text)(item)] for key, item in fields.items() if _printed(key, item)]


def _item(value: Any) -> str:
    if isinstance(value, dict) and value.get("name"):
        rest = [text(item) for key, item in value.items() if key != "name" and _printed(key, item)]
        return str(value["name"]) + (f"（{'，'.join(rest)}）" if rest else "")
    return text(value)


def _enumerated(value: Any) -> str:
    return "、".join(text(item) for item in value) if isinstance(value, list) else text(value)


def _printed(key: str, value: Any) -> bool:
    return (
        value not in (None, "", [], {})
        and key not in IDENTIFIERS
        and not key.endswith("_id")
        and key not in ("hash", "media_type", "size")
    )


def _is_date(value: str) -> bool:
    if len(value) < 10 or value[4:5] != "-":
        return False
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return len(value) == 10 or value[10] == "T"
