"""The language of a page, and texts, dates and numbers in it: Chinese or English, dates of Asia/Shanghai."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import has_request_context, request
from flask_babel import gettext

SHANGHAI = ZoneInfo("Asia/Shanghai")
LANGUAGES = ("zh", "en")
LANGUAGE_COOKIE = "zhaohui_language"
WEEKDAYS_ZH = "一二三四五六日"
SOON_DAYS = 3  # working days left from which a clock is called urgent


def language() -> str:
    """The language of this page: the one the person chose, Chinese before that."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "zh") if has_request_context() else "zh"
    return chosen if chosen in LANGUAGES else "zh"


def localised(row: Any, prefix: str = "") -> str:
    """A text that comes in two languages (`{zh, en}` or an object with both), in the page's language.

    `prefix` reads members such as `state_zh`. A text that lacks one language is shown in the other.
    """
    zh, en = _both(row, prefix)
    return (zh or en) if language() == "zh" else (en or zh)


def other_language(row: Any, prefix: str = "") -> str:
    """The same text in the other language, or nothing when it equals what `localised` gives."""
    zh, en = _both(row, prefix)
    other = (en if language() == "zh" else zh) or ""
    return "" if other == localised(row, prefix) else other


def _both(row: Any, prefix: str) -> tuple[str, str]:
    if row is None:
        return "", ""
    if isinstance(row, str):
        return row, row
    if isinstance(row, Mapping):
        return str(row.get(f"{prefix}zh") or ""), str(row.get(f"{prefix}en") or "")
    return str(getattr(row, f"{prefix}zh", "") or ""), str(getattr(row, f"{prefix}en", "") or "")


def localised_half(text: str) -> str:
    """The half of a "中文 / English" sentence that is in the page's language (services give field errors so)."""
    zh, slash, en = text.partition(" / ")
    if not slash:
        return text
    return zh if language() == "zh" else en


def format_moment(value: datetime | str | None) -> str:
    """A UTC moment (RFC 3339 text or datetime) as date and time of Asia/Shanghai: `2026-07-06 14:05`."""
    moment = value if isinstance(value, datetime) else _parse_moment(str(value or ""))
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else str(value or "")


def format_date(value: date | str | None) -> str:
    """A date, or the date of a moment in Asia/Shanghai: `2026-07-06`."""
    if isinstance(value, datetime) or (isinstance(value, str) and "T" in value):
        return format_moment(value)[:10]
    return str(value or "")


def format_weekday(value: date | str | None) -> str:
    """The day of the week of a date: 周一, Mon."""
    try:
        day = date.fromisoformat(format_date(value))
    except ValueError:
        return ""
    return f"周{WEEKDAYS_ZH[day.weekday()]}" if language() == "zh" else day.strftime("%a")


def _parse_moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def format_size(count: int | None) -> str:
    """A file's size in bytes as people read it."""
    number = float(count or 0)
    for unit in ("B", "KB", "MB"):
        if number < 1024:
            return f"{number:.0f} {unit}"
        number /= 1024
    return f"{number:.1f} GB"


def format_yuan(fen: int | str | None) -> str:
    """An amount in fen as yuan with two decimals, as it stands in a form."""
    return f"{Decimal(fen) / 100:.2f}" if isinstance(fen, int) else str(fen if fen is not None else "")


def urgency(item: Mapping[str, Any]) -> str:
    """How urgent a duty or a clock is: overdue, today, soon, calm, or none where no date is due."""
    left = item.get("working_days_left")
    if item.get("overdue") or (isinstance(left, int) and left < 0):
        return "overdue"
    if left is None:
        return "none"
    return "today" if left == 0 else "soon" if left <= SOON_DAYS else "calm"


def time_left(item: Mapping[str, Any]) -> str:
    """Working days left (or gone by) as a phrase."""
    left = item.get("working_days_left")
    if urgency(item) == "overdue":
        if isinstance(left, int) and left:
            return str(gettext("%(n)s working days overdue", n=abs(left)))
        return str(gettext("overdue"))
    if left is None:
        return str(gettext("no time limit"))
    return str(gettext("due today") if left == 0 else gettext("%(n)s working days left", n=left))
