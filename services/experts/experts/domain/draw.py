"""The draw of a panel's members: random, and reproducible by anybody from its record.

Article 20 asks for groups of experts and says nothing of how they are picked; the draw is our own design. Its promises:

* nobody chooses: the order comes from a seed that nobody can know before the eligible list stands;
* it can be verified: panel, request, eligible list and nonce stand in the journal, and `redraw` repeats the draw;
* a member who leaves is followed by the next one of the same order: a replacement is no second draw.

The nonce is the journal hash of the act that formed the panel, so it is fixed, and chained, before the draw is done.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from chassis.core.canonical import digest


class TooFewEligible(Exception):
    """Fewer experts are eligible than there are seats to fill; carries both numbers."""

    def __init__(self, eligible: int, seats: int) -> None:
        super().__init__(f"{eligible} eligible for {seats} seats")
        self.eligible, self.seats = eligible, seats


def seed(panel: str, request: str, eligible: Iterable[str], nonce: str) -> str:
    """SHA-256, in hex, of the canonical JSON (RFC 8785) of what the draw depends on; the order of the list is not."""
    facts = {"panel": panel, "request": request, "eligible": sorted(set(eligible)), "nonce": nonce}
    return digest(facts)


def ranking(seed_hex: str, eligible: Iterable[str]) -> list[str]:
    """The eligible experts in the order of the draw: by HMAC-SHA-256 of each id under the seed, smallest first."""
    key = bytes.fromhex(seed_hex)
    return sorted(set(eligible), key=lambda expert: hmac.new(key, expert.encode(), hashlib.sha256).digest())


def draw(panel: str, request: str, eligible: Collection[str], nonce: str, size: int) -> dict[str, Any]:
    """Draw `size` members and return the record of the draw, as the journal keeps it.

    The record: panel, request, nonce, eligible (sorted ids), size, seed (hex), members (ids, in the order drawn) and
    replacements (none yet). Raises TooFewEligible; the law then leaves selection by name, with reasons.
    """
    distinct = sorted(set(eligible))
    if len(distinct) < size:
        raise TooFewEligible(len(distinct), size)
    drawn_from = seed(panel, request, distinct, nonce)
    return {
        "panel": panel,
        "request": request,
        "nonce": nonce,
        "eligible": distinct,
        "size": size,
        "seed": drawn_from,
        "members": ranking(drawn_from, distinct)[:size],
        "replacements": [],
    }


def called(record: Mapping[str, Any]) -> set[str]:
    """Everybody the draw has reached so far: members, replacements, and those passed over as no longer eligible."""
    reached = set(record["members"])
    for each in record["replacements"]:
        reached |= {each["expert"], *each["passed_over"]}
    return reached


def left(record: Mapping[str, Any]) -> list[str]:
    """Those of the eligible list whom the draw has not reached yet, in the order of the draw."""
    reached = called(record)
    return [expert for expert in ranking(record["seed"], record["eligible"]) if expert not in reached]


def replacement(record: Mapping[str, Any], seat: str, still_eligible: Collection[str]) -> dict[str, Any] | None:
    """The next expert of the same order for the seat that fell vacant, or None when nobody is left.

    Whoever has become ineligible since the draw (suspended, term over, a relation now known) is passed over and named.
    """
    passed_over: list[str] = []
    for expert in left(record):
        if expert in still_eligible:
            return {"seat": seat, "expert": expert, "passed_over": passed_over}
        passed_over.append(expert)
    return None


def redraw(record: Mapping[str, Any]) -> list[str]:
    """Do a recorded draw again; the names of what does not come out the same (`seed`, `members`, `replacement <n>`).

    An empty list: the draw holds. Whether somebody was rightly passed over is in the journal of that expert.
    """
    wrong: list[str] = []
    drawn_from = seed(record["panel"], record["request"], record["eligible"], record["nonce"])
    order = ranking(drawn_from, record["eligible"])
    if drawn_from != record["seed"]:
        wrong.append("seed")
    if order[: record["size"]] != list(record["members"]):
        wrong.append("members")
    reached = record["size"]
    for number, each in enumerate(record["replacements"], start=1):
        expected = [*each["passed_over"], each["expert"]]
        if order[reached : reached + len(expected)] != expected:
            wrong.append(f"replacement {number}")
        reached += len(expected)
    return wrong
