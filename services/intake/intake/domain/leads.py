"""Guards on leads, and what a lead's body says of itself."""

from collections.abc import Mapping
from typing import Any

SEVERITY = {"none": 0, "minor": 1, "severe": 2, "death": 3}


def referral_fits(at: Any) -> bool:
    """Article 2: 法律法规和规章另有规定的，从其规定. The whole lead goes, so it may not stand in a signal any more.

    The part of a producer elsewhere goes alone: the lead and the local operators stay, grouped or not.
    """
    return bool(at.data.get("ground") == "producer_elsewhere" or at.root.state != "grouped")


def regime_named(at: Any) -> bool:
    """Article 2: 法律法规和规章另有规定的，从其规定. The letter says which law that is."""
    return bool(at.data.get("ground") != "other_regime" or at.data.get("regime") or at.body.get("regime"))


def weight(body: Mapping[str, Any]) -> int:
    """Return the weight of a lead's injury, 0 (none) to 3 (death)."""
    return SEVERITY.get(body.get("severity") or "none", 0)
