"""The judgement of the sample."""

from chassis.core import Moment


def not_heavy(at: Moment) -> bool:
    """Clause 3: a heavy box is neither emptied nor shown."""
    return int(at.body.get("count", 0)) < 100


def not_by_the_second(at: Moment) -> bool:
    """Clause 3: the second keeper empties nothing."""
    return at.actor.person != "p_second"
