"""The bureau for which a person acts."""

from chassis.core import Act


def bureau_of(do: Act) -> str:
    """The bureau that the person acts for: the province where the division is its own, else the organisation itself."""
    assert do.actor is not None
    return do.actor.organisations[-1]
