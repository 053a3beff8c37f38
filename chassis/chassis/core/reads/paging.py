"""Pages that begin after a key instead of skipping rows: the size that is asked for, and the cursor that names the key."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from chassis.core.contracts.wire import LARGEST, broken
from chassis.core.errors import Refusal

PAGE = 20
PAGE_MOST = 200
COUNT_MOST = 1000
"""Counts are exact up to here; beyond it is said that there are more."""


def page_size(request: Mapping[str, Any]) -> int:
    """Return the `size` of a page, from 1 to PAGE_MOST; refuses what is no whole number."""
    try:
        return min(PAGE_MOST, max(1, int(request.get("size") or PAGE)))
    except (TypeError, ValueError):
        raise Refusal("invalid", errors={"size": ["应为整数 / expected a whole number"]}) from None


def cursor_of(*key: Any) -> str:
    """Return the cursor of the row with this key: where the next page begins."""
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode()


def read_cursor(cursor: Any, members: int) -> list[Any] | None:
    """Return the key that a cursor names, or None for the first page; refuses what is no cursor of ours."""
    if cursor is None or cursor == "":
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(str(cursor).encode()))
    except ValueError:
        key = None
    if not isinstance(key, list) or len(key) != members or not all(isinstance(value, str | int) for value in key):
        raise not_a_cursor()
    return key


def not_a_cursor() -> Refusal:
    """Return the refusal of a cursor that is none of the list's."""
    return Refusal("invalid", errors={"after": ["翻页位置不正确 / not a cursor of this list"]})


def is_text(value: Any) -> bool:
    """Tell whether a member of a key is a text that a database takes."""
    return isinstance(value, str) and not broken(value)


def is_number(value: Any) -> bool:
    """Tell whether a member of a key is a number that a database takes."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST
