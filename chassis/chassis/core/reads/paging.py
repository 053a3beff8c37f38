"""Pages that begin after a key instead of skipping rows: the size that is asked for, and the cursor that names the key."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from chassis.core.contracts.wire import broken
from chassis.core.errors import Refusal

PAGE = 20
PAGE_MOST = 200
LONGEST = 200
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


def read_cursor(cursor: Any, *types: type[str] | type[int]) -> list[Any] | None:
    """Return the key that a cursor names, or None for the first page; refuses what is no cursor of a list with such a key."""
    if cursor is None or cursor == "":
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(str(cursor).encode()))
    except (ValueError, RecursionError):
        key = None
    if not isinstance(key, list) or len(key) != len(types) or not all(map(_is, key, types)):
        raise Refusal("invalid", errors={"after": ["翻页位置不正确 / not a cursor of this list"]})
    return key


def _is(value: Any, kind: type[str] | type[int]) -> bool:
    """Tell whether a member of a key is one that a column holds: a text without broken characters, or a whole number."""
    if kind is int:
        return type(value) is int and abs(value) < 2**31
    return type(value) is str and len(value) <= LONGEST and not broken(value)
