"""The facts that intake publishes."""

from marshmallow import Schema, fields, validate

from chassis.core.acts.marks import fact
from chassis.core.contracts.schema import FactSchema


class ProducerTold(Schema):
    """The producer of a suspected product."""

    code = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    foreign = fields.Boolean(required=True)
    agent = fields.String(required=True, allow_none=True)


class ProductTold(Schema):
    """A suspected product."""

    name = fields.String(required=True)
    brand = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    category = fields.String(required=True, allow_none=True)
    batches = fields.List(fields.String(), required=True)
    quantity = fields.Integer(required=True, allow_none=True, strict=True)


class EvidenceTold(Schema):
    """A piece of evidence: what it is and which lead it came by."""

    title = fields.String(required=True)
    source = fields.String(required=True)
    lead = fields.String(required=True, allow_none=True)
    number = fields.String(required=True, allow_none=True)
    file = fields.Dict(required=True, allow_none=True)


@fact("possible-defect-found")
class PossibleDefectFound(FactSchema):
    """The province found that a product may be defective: the notice of article 9 is due three working days from `found_on`.

    `recommended_on` is the receipt of a recommendation of possible defect, from which the notice is due at latest; null without one.
    """

    signal = fields.String(required=True)
    number = fields.String(required=True)
    found_on = fields.Date(required=True)
    recommended_on = fields.Date(required=True, allow_none=True)
    producer = fields.Nested(ProducerTold, required=True)
    product = fields.Nested(ProductTold, required=True)
    hazard = fields.String(required=True)
    injury = fields.String(required=True, allow_none=True)
    evidence = fields.List(fields.Nested(EvidenceTold), required=True)
    institution = fields.String(required=True)
    grounds = fields.String(required=True)
    risk_level = fields.String(required=True, allow_none=True)


class PartyTold(Schema):
    """Whom a panel's members must have no interest in."""

    code = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)


class ProductNamed(Schema):
    """What a panel is about."""

    name = fields.String(required=True)


@fact("panel-requested")
class PanelRequested(FactSchema):
    """A consultation is asked of the experts."""

    request = fields.String(required=True)
    root = fields.String(required=True)
    part = fields.String(required=True)
    purpose = fields.String(required=True, validate=validate.OneOf(["consultation"]))
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
    size = fields.Integer(required=True, strict=True)
    question = fields.String(required=True)
    materials = fields.List(fields.Dict(), required=True)
    wanted_by = fields.Date(required=True)
    producer = fields.Nested(PartyTold, required=True)
    product = fields.Nested(ProductNamed, required=True)
    institution = fields.String(required=True)
