"""What the sample tells."""

from marshmallow import fields

from chassis.core.marks import fact
from chassis.core.schema import FactSchema


@fact("noted")
class Noted(FactSchema):
    """A box was noted."""

    words = fields.Raw(required=True)
