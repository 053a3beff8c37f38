"""The facts that the recall service publishes."""

from marshmallow import fields

from chassis.core.acts.marks import fact
from chassis.core.contracts.schema import FactSchema


@fact("plan-filed")
class PlanFiled(FactSchema):
    """A producer filed its recall plan: the case learns that the recall has begun, the public what is recalled."""

    recall = fields.String(required=True)
    case = fields.String(required=True, allow_none=True)
    basis = fields.String(required=True)
    plan = fields.Dict(required=True)
    producer = fields.Dict(required=True)
    product = fields.Dict(required=True)
    hazard = fields.Raw(required=True)
    defect = fields.Raw(required=True)
    measures = fields.String(required=True)
    quantity = fields.Integer(required=True, strict=True)
    filed_on = fields.String(required=True)


@fact("recall-closed")
class RecallClosed(FactSchema):
    """A recall ended, with its return rate in basis points and whether a residual risk was accepted."""

    recall = fields.String(required=True)
    case = fields.String(required=True, allow_none=True)
    closed_on = fields.String(required=True)
    result = fields.String(required=True)
    distributed = fields.Integer(required=True, strict=True)
    recovered = fields.Integer(required=True, strict=True)
    rate = fields.Integer(required=True, strict=True)
    rounds = fields.Integer(required=True, strict=True)
