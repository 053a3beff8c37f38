"""A browser without scripts for tests of pages: it follows redirects and sends forms as they were rendered."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.sample import loader


class BrowserClient:
    """A client of the pages that follows redirects and sends a form's token and hidden fields with it."""

    def __init__(self, app: Flask) -> None:
        self.http: FlaskClient = app.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        """A page."""
        return self.http.get(path, follow_redirects=True, **more)

    def loaded(self, path: str) -> str:
        """A page with what its script loads right after it."""
        page = self.get(path).text
        later = [
            tag["hx-get"] for tag in Tags(page).all("div", "details", "span") if "load" in (tag.get("hx-trigger") or "")
        ]
        return page + "".join(self.fragment(address or "") for address in later)

    def fragment(self, path: str) -> str:
        """A part of a page as its script asks for it."""
        answer = self.http.get(path, headers={"HX-Request": "true"})
        assert answer.status_code == 200, answer.text
        return answer.text

    def hidden(self, path: str) -> dict[str, str]:
        """The hidden fields of the last form on a page, as rendered."""
        fields: dict[str, str] = {}
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.get(path).text):
            fields[name] = value
        return fields

    def post(self, path: str, data: dict[str, Any], form: str | None = None, **more: Any) -> TestResponse:
        """Send the form that a page shows; `form` is that page's path where it is another."""
        return self.http.post(path, data={**self.hidden(form or path), **data}, follow_redirects=True, **more)

    def sign_in(self, username: str, **more: str) -> BrowserClient:
        """Sign in with the sample password."""
        answer = self.post("/console/sign-in", {"username": username, "password": loader.PASSWORD, **more})
        assert answer.status_code == 200, answer.text
        return self

    def english(self) -> BrowserClient:
        """Choose English."""
        self.get("/language/en")
        return self


NewBrowser = Callable[[], BrowserClient]


class Tags(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        """The attributes of every tag of these names."""
        return [attributes for tag, attributes in self.tags if tag in names]
