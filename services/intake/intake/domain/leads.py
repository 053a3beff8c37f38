"""Guards on leads, and what a lead's body says of itself."""

from collections.abc import Collection, Mapping
from typing import Any

from chassis.core import Moment

COMPLAINT_OFFICES = frozenset({"complaints", "public_opinion"})

SEVERITY = {"none": 0, "minor": 1, "severe": 2, "death": 3}


def referral_fits(at: Moment) -> bool:
    """Article 2: 法律法规和规章另有规定的，从其规定. The whole lead goes, so it may not stand in a signal any more.

    The part of a producer elsewhere goes alone: the lead and the local operators stay, grouped or not.
    """
    if at.data.get("ground") == "producer_elsewhere":
        return True
    assert at.root is not None
    return at.root.state != "grouped"


def regime_named(at: Moment) -> bool:
    """Article 2: 法律法规和规章另有规定的，从其规定. The letter says which law that is."""
    return bool(at.data.get("ground") != "other_regime" or at.data.get("regime") or at.body.get("regime"))


def duty(area: str | None, offices: Collection[str]) -> str:
    """Return the clause under which a division or bureau hands over what it found.

    A county acts under article 6, a city under 5(1); of the province's divisions those that receive complaints and monitor
    public opinion under 8(3), the others under 8(2). `area` is a six-digit administrative division code.
    """
    if area and not area.endswith("0000"):
        return "5(1)" if area[4:] in ("00", "88") else "6"
    return "8(3)" if COMPLAINT_OFFICES & set(offices) else "8(2)"


def weight(body: Mapping[str, Any]) -> int:
    """Return the weight of a lead's injury, 0 (none) to 3 (death)."""
    return SEVERITY.get(body.get("severity") or "none", 0)
