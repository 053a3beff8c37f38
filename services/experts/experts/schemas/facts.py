"""What this service's facts carry, and what it reads of the facts of others."""

from marshmallow import fields, validate

from chassis.core.acts.marks import fact
from chassis.core.contracts.schema import Day, FactSchema
from experts.domain.panels import CONCLUSIONS, PURPOSES


class Party(FactSchema):
    """A producer as a request names it; a foreign one has no credit code."""

    code = fields.String(allow_none=True)
    name = fields.String(required=True)


class Product(FactSchema):
    """A product as a request names it."""

    name = fields.String(required=True)
    brand = fields.String(allow_none=True)
    model = fields.String(allow_none=True)
    category = fields.String(allow_none=True)


class PanelRequested(FactSchema):
    """The fact `panel-requested` of intake and of investigation: what a panel is wanted for, and by when."""

    request = fields.String(required=True)
    root = fields.String(required=True)
    part = fields.String(allow_none=True, load_default=None)
    purpose = fields.String(required=True, validate=validate.OneOf(list(PURPOSES)))
    expertise = fields.List(fields.String(), required=True, data_key="fields")
    size = fields.Integer(required=True, strict=True, validate=validate.Range(1, 15))
    question = fields.String(required=True)
    materials = fields.List(fields.Dict(), load_default=list)
    wanted_by = Day(required=True)
    producer = fields.Nested(Party, required=True)
    product = fields.Nested(Product, required=True)
    institution = fields.String(allow_none=True, load_default=None)


@fact("opinion-signed")
class OpinionSigned(FactSchema):
    """The leader of a panel has signed its opinion: `root` and `part` are the asking ones, `leader` is a person."""

    request = fields.String(required=True)
    root = fields.String(required=True)
    part = fields.String(required=True, allow_none=True)
    panel = fields.String(required=True)
    purpose = fields.String(required=True, validate=validate.OneOf(list(PURPOSES)))
    conclusion = fields.String(required=True, validate=validate.OneOf(list(CONCLUSIONS)))
    reasons = fields.String(required=True)
    signed_on = Day(required=True)
    leader = fields.String(required=True)


@fact("panel-withdrawn")
class PanelWithdrawn(FactSchema):
    """A panel was withdrawn before it gave an opinion: whoever asked may ask again."""

    request = fields.String(required=True)
    root = fields.String(required=True)
    part = fields.String(required=True, allow_none=True)
    panel = fields.String(required=True)
    reasons = fields.String(required=True)
    withdrawn_on = Day(required=True)
