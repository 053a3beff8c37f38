"""The parameters of a page's address that several pages read: the page of a list, the text to search for."""

from __future__ import annotations

from flask import request

LAST_PAGE = 10_000
TEXT_LENGTH = 200


def page_number() -> int:
    """The page of a list (`?page=`), from 1."""
    return min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)


def search_text() -> str:
    """The text to search for (`?q=`)."""
    return request.args.get("q", "").replace("\0", "").strip()[:TEXT_LENGTH]
