"""The acts of the mint."""

from marshmallow import fields

from chassis.core import Act, act
from chassis.core.contracts.schema import ActSchema, Nothing


class Mark(ActSchema):
    """A number, and the mood in which the purse is to take it."""

    number = fields.Integer(strict=True, required=True)
    mood = fields.String(load_default="glad")


@act("coin", "strike", Nothing)
def strike(do: Act) -> None:
    """Clause 1(1): a coin is struck."""
    do.root.title = "coin"
    do.fact("coin-struck", {"coin": do.root.id})


@act("coin", "mark", Mark)
def mark(do: Act) -> None:
    """Clause 1(2): a coin is marked."""
    do.fact("coin-marked", {"coin": do.root.id, "number": do.data["number"], "mood": do.data["mood"]})


@act("coin", "withdraw", Nothing)
def withdraw(do: Act) -> None:
    """Clause 1(3): a coin is withdrawn."""
