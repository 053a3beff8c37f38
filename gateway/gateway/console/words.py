"""Words, dates and numbers as people see them: Chinese or English, dates of Asia/Shanghai."""

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


def say(row: Any, prefix: str = "") -> str:
    """A text that comes in two languages (`{zh, en}` or an object with both), in the page's language.

    `prefix` reads members such as `state_zh`. A text that lacks one language is shown in the other.
    """
    zh, en = _both(row, prefix)
    return (zh or en) if language() == "zh" else (en or zh)


def beside(row: Any, prefix: str = "") -> str:
    """The same text in the other language, or nothing when it says no more than `say` does."""
    zh, en = _both(row, prefix)
    other = (en if language() == "zh" else zh) or ""
    return "" if other == say(row, prefix) else other


def _both(row: Any, prefix: str) -> tuple[str, str]:
    if row is None:
        return "", ""
    if isinstance(row, str):
        return row, row
    if isinstance(row, Mapping):
        return str(row.get(f"{prefix}zh") or ""), str(row.get(f"{prefix}en") or "")
    return str(getattr(row, f"{prefix}zh", "") or ""), str(getattr(row, f"{prefix}en", "") or "")


def said(text: str) -> str:
    """The half of a "中文 / English" sentence that fits the page (field errors come so from the services)."""
    zh, slash, en = text.partition(" / ")
    if not slash:
        return text
    return zh if language() == "zh" else en


def moment(value: Any) -> str:
    """A UTC moment (RFC 3339 text or datetime) as date and time of Asia/Shanghai: `2026-07-06 14:05`."""
    found = value if isinstance(value, datetime) else _moment(str(value or ""))
    return found.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if found else str(value or "")


def day(value: Any) -> str:
    """A date, or the date of a moment in Asia/Shanghai: `2026-07-06`."""
    if isinstance(value, datetime) or "T" in str(value or ""):
        return moment(value)[:10]
    return str(value or "")


def weekday(value: Any) -> str:
    """The day of the week of a date: 周一, Mon."""
    try:
        found = date.fromisoformat(day(value))
    except ValueError:
        return ""
    return f"周{WEEKDAYS_ZH[found.weekday()]}" if language() == "zh" else found.strftime("%a")


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def size(count: Any) -> str:
    """A file's size in bytes as people read it."""
    number = float(count or 0)
    for unit in ("B", "KB", "MB"):
        if number < 1024:
            return f"{number:.0f} {unit}"
        number /= 1024
    return f"{number:.1f} GB"


def yuan(fen: Any) -> str:
    """An amount in fen as yuan with two decimals, as it stands in a form."""
    return f"{Decimal(fen) / 100:.2f}" if isinstance(fen, int) else str(fen if fen is not None else "")


def urgency(item: Mapping[str, Any]) -> str:
    """How a duty or a clock presses: overdue, today, soon, calm, or none where no date is due."""
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
        return (
            gettext("%(n)s working days overdue", n=abs(left)) if isinstance(left, int) and left else gettext("overdue")
        )
    if left is None:
        return gettext("no time limit")
    return gettext("due today") if left == 0 else gettext("%(n)s working days left", n=left)
