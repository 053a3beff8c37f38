"""Assigned work and breaches: what must be so before they are reported or ended."""

from chassis.core import Moment


def shares_reported(at: Moment) -> bool:
    """Articles 5(5), 6, 7(7): whoever was passed a share completes it; the province reports (4(9)) when all have."""
    return all(share.state == "reported" for share in at.parts if share.kind == "share")


def breach_found(at: Moment) -> bool:
    """Article 19: 「违反消费品召回法定义务的相关行为」: a correction is ordered when the breach is established."""
    return bool(at.body["investigation"]["breach"])


def breach_settled(at: Moment) -> bool:
    """Article 19, a contrario: a case ends when no breach was found, it was put right, or its penalty was published."""
    assert at.root is not None
    return at.root.state != "investigated" or not at.body["investigation"]["breach"]
