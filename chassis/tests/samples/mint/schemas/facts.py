"""The facts of the mint."""

from marshmallow import fields

from chassis.core import fact
from chassis.core.contracts.schema import FactSchema


@fact("coin-struck")
class CoinStruck(FactSchema):
    """A coin is there."""

    coin = fields.String(required=True)


@fact("coin-marked")
class CoinMarked(FactSchema):
    """A coin was marked with a number; `mood` tells the purse how to take it."""

    coin = fields.String(required=True)
    number = fields.Integer(strict=True, required=True)
    mood = fields.String(required=True)
