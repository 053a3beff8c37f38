"""Searching as somebody, on a stage of boxes."""

from __future__ import annotations

from typing import Any

from chassis.core.trust.tokens import Actor, issue
from chassis.testing import Stage
from chassis.testing.stage import KEY


def keep(stage: Stage, who: str = "keeper", **data: Any) -> str:
    return str(stage.act(who, "box", "keep", {"label": "甲", **data})["root"])


def search(stage: Stage, who: str | Actor | None, **request: Any) -> dict[str, Any]:
    token = issue(who, KEY) if isinstance(who, Actor) else stage.token(who)
    answer: dict[str, Any] = stage.office.search({"token": token, **request})
    return answer


def listed(stage: Stage, who: str | Actor | None, **request: Any) -> list[str]:
    """The ids of every page."""
    ids: list[str] = []
    after = None
    while True:
        answer = search(stage, who, after=after, **request)
        ids += [item["id"] for item in answer["items"]]
        after = answer["next"]
        if after is None:
            return ids
