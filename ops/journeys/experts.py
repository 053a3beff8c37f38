"""The expert pool of the sample province, entered through the acts, and a panel from its forming to its signed opinion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ops.journeys.story import Story

POOL = Path(__file__).parents[2] / "services" / "experts" / "experts" / "sample" / "pool.yaml"


def pool(story: Story) -> None:
    """Register and admit the nine experts, unless they are there."""
    if story.person("institute.head").search("expert"):
        return
    for row in _pool()["experts"]:
        expert = story.open("institute.head", "expert", "register-expert", row["register"])["root"]
        story.act("recall.handler", expert, "admit-expert", row["admit"])


def _pool() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(POOL.read_text(encoding="utf-8"))
    return found


def panel(story: Story, dossier: str, purpose: str, conclusion: str, reasons: str, *, conflict: bool = False) -> str:
    """Draw a panel, let its members confirm (one declares a conflict and is replaced, if wanted), appoint, work, sign."""
    keeper = "institute.head"
    root = _panel_of(story, dossier, purpose)
    story.act(keeper, root, "draw-members")
    if conflict:
        _replace_one(story, keeper, root)
    for seat in _seats(story, root, "drawn"):
        story.act(_login(seat), root, "confirm-seat", {"no_conflict": True}, seat["id"])
    leader = _seats(story, root, "confirmed")[0]
    story.act(keeper, root, "appoint-leader", {}, leader["id"])
    story.act(keeper, root, "start-work")
    story.act(_login(leader), root, "sign-opinion", {"conclusion": conclusion, "reasons": reasons})
    return root


def _panel_of(story: Story, dossier: str, purpose: str) -> str:
    story.person("institute.head").wait_found("panel", dossier=dossier, state="forming")
    for row in story.person("institute.head").search("panel", dossier=dossier, state="forming"):
        if story.person("institute.head").get(row["id"])["body"]["purpose"] == purpose:
            return str(row["id"])
    raise AssertionError(f"no panel for {purpose}")


def _replace_one(story: Story, keeper: str, root: str) -> None:
    seats = _seats(story, root, "drawn")
    known = {row["register"]["person"]: row["conflict"]["data"] for row in _pool()["experts"] if "conflict" in row}
    seat = next((seat for seat in seats if seat["body"]["person"] in known), seats[0])
    said = known.get(seat["body"]["person"], _pool()["any_conflict"])
    story.act(_login(seat), root, "declare-conflict", said, seat["id"])
    story.act(keeper, root, "replace-member", {}, seat["id"])


def _seats(story: Story, root: str, state: str) -> list[dict[str, Any]]:
    parts = story.person("institute.head").get(root)["parts"]
    return [part for part in parts if part["kind"] == "seat" and part["state"] == state]


def _login(seat: dict[str, Any]) -> str:
    return str(seat["body"]["person"]).removeprefix("person_")
