"""What the sample tells."""

from marshmallow import fields

from chassis.core.acts.marks import fact
from chassis.core.contracts.schema import FactSchema


@fact("noted")
class Noted(FactSchema):
    """A box was noted."""

    words = fields.Raw(required=True)
