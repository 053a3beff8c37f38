"""The parameters of a page's address that several pages read: where a page of a list begins, the text to search for."""

from __future__ import annotations

from flask import request

CURSOR_LENGTH = 4000
TEXT_LENGTH = 200


def cursor() -> str | None:
    """Where the page of a list begins (`?after=`), None for the first one."""
    return request.args.get("after", "").replace("\0", "")[:CURSOR_LENGTH] or None


def search_text() -> str:
    """The text to search for (`?q=`)."""
    return request.args.get("q", "").replace("\0", "").strip()[:TEXT_LENGTH]
