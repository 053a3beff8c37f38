"""What this service reads of the facts of other services."""

from marshmallow import fields

from chassis.core.contracts.schema import FactSchema


class PossibleDefectFound(FactSchema):
    """What intake tells when the province found a possible defect."""

    signal = fields.String(required=True)
    number = fields.String(load_default=None, allow_none=True)
    found_on = fields.String(required=True)
    recommended_on = fields.String(load_default=None, allow_none=True)
    producer = fields.Dict(required=True)
    product = fields.Dict(required=True)
    hazard = fields.String(required=True)
    injury = fields.String(load_default=None, allow_none=True)
    evidence = fields.List(fields.Dict(), load_default=list)
    institution = fields.String(required=True)
    grounds = fields.String(required=True)
    risk_level = fields.String(load_default=None, allow_none=True)


class DocumentServed(FactSchema):
    """A paper of ours was served."""

    document = fields.String(required=True)
    number = fields.String(load_default=None, allow_none=True)
    addressee = fields.String(load_default=None, allow_none=True)
    served_on = fields.String(required=True)
    manner = fields.String(load_default=None, allow_none=True)
    corrects = fields.String(load_default=None, allow_none=True)


class OpinionSigned(FactSchema):
    """The panel's opinion."""

    request = fields.String(required=True)
    panel = fields.String(required=True)
    conclusion = fields.String(required=True)
    reasons = fields.String(required=True)
    signed_on = fields.String(required=True)


class PanelWithdrawn(FactSchema):
    """A panel was withdrawn before it gave an opinion."""

    request = fields.String(required=True)
    panel = fields.String(required=True)
    reasons = fields.String(required=True)
    withdrawn_on = fields.String(required=True)


class PlanFiled(FactSchema):
    """The producer filed its plan at the recall service."""

    recall = fields.String(required=True)
    case = fields.String(load_default=None, allow_none=True)
    filed_on = fields.String(required=True)
    quantity = fields.Integer(load_default=None, allow_none=True)


class RecallClosed(FactSchema):
    """The recall ended."""

    recall = fields.String(required=True)
    closed_on = fields.String(required=True)
    result = fields.String(load_default=None, allow_none=True)
