"""The judgement of the sample."""

from chassis.core import Moment


def not_heavy(at: Moment) -> bool:
    """Clause 3: a heavy box is neither emptied nor shown."""
    return int(at.body.get("count", 0)) < 100
