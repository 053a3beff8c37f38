"""The expert pool of the sample province, entered through the acts, and a panel from its forming to its signed opinion."""

from __future__ import annotations

import yaml

from ops.journeys.client import Json
from ops.journeys.scenario import Scenario
from ops.layout import ROOT

POOL = ROOT / "services" / "experts" / "experts" / "sample" / "pool.yaml"


def pool(scenario: Scenario) -> None:
    """Register and admit the nine experts, unless that was done before."""
    if scenario.person("institute.head").search("expert"):
        return
    for row in _pool()["experts"]:
        expert = scenario.open("institute.head", "expert", "register-expert", row["register"])["root"]
        scenario.act("recall.handler", expert, "admit-expert", row["admit"])


def _pool() -> Json:
    document: Json = yaml.safe_load(POOL.read_text(encoding="utf-8"))
    return document


def panel(
    scenario: Scenario, dossier: str, purpose: str, conclusion: str, reasons: str, *, conflict: bool = False
) -> str:
    """Draw a panel, have its members confirm, appoint a leader, sign the opinion; returns the panel.

    With `conflict` one member declares a conflict of interest and is replaced.
    """
    keeper = "institute.head"
    root = _panel_of(scenario, dossier, purpose)
    scenario.act(keeper, root, "draw-members")
    if conflict:
        _replace_one(scenario, keeper, root)
    for seat in _seats(scenario, root, "drawn"):
        scenario.act(_login(seat), root, "confirm-seat", {"no_conflict": True}, seat["id"])
    leader = _seats(scenario, root, "confirmed")[0]
    scenario.act(keeper, root, "appoint-leader", {}, leader["id"])
    scenario.act(keeper, root, "start-work")
    scenario.act(_login(leader), root, "sign-opinion", {"conclusion": conclusion, "reasons": reasons})
    return root


def _panel_of(scenario: Scenario, dossier: str, purpose: str) -> str:
    scenario.person("institute.head").wait_root("panel", dossier=dossier, state="forming")
    for row in scenario.person("institute.head").search("panel", dossier=dossier, state="forming"):
        if scenario.person("institute.head").get(row["id"])["body"]["purpose"] == purpose:
            return str(row["id"])
    raise AssertionError(f"no panel for {purpose}")


def _replace_one(scenario: Scenario, keeper: str, root: str) -> None:
    seats = _seats(scenario, root, "drawn")
    known = {row["register"]["person"]: row["conflict"]["data"] for row in _pool()["experts"] if "conflict" in row}
    seat = next((seat for seat in seats if seat["body"]["person"] in known), seats[0])
    declaration = known.get(seat["body"]["person"], _pool()["any_conflict"])
    scenario.act(_login(seat), root, "declare-conflict", declaration, seat["id"])
    scenario.act(keeper, root, "replace-member", {}, seat["id"])


def _seats(scenario: Scenario, root: str, state: str) -> list[Json]:
    parts = scenario.person("institute.head").get(root)["parts"]
    return [part for part in parts if part["kind"] == "seat" and part["state"] == state]


def _login(seat: Json) -> str:
    return str(seat["body"]["person"]).removeprefix("person_")
