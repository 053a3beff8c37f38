"""The facts that the investigation service publishes."""

from marshmallow import fields, validate

from chassis.core.acts.marks import fact
from chassis.core.contracts.schema import FactSchema


@fact("panel-requested")
class PanelRequested(FactSchema):
    """A panel is wanted to determine a defect, or to determine again."""

    request = fields.String(required=True)
    root = fields.String(required=True)
    part = fields.String(required=True, allow_none=True)
    purpose = fields.String(required=True, validate=validate.OneOf(["determination", "redetermination"]))
    expertise = fields.List(fields.String(), required=True, data_key="fields")
    size = fields.Integer(required=True, strict=True)
    question = fields.String(required=True)
    materials = fields.List(fields.Dict(), required=True)
    wanted_by = fields.String(required=True)
    producer = fields.Dict(required=True)
    product = fields.Dict(required=True)
    institution = fields.String(required=True)


class _RecallDue(FactSchema):
    """What the recall service needs to open a recall."""

    case = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    producer = fields.Dict(required=True)
    product = fields.Dict(required=True)
    hazard = fields.String(required=True)
    defect = fields.String(required=True)
    institution = fields.String(required=True)
    basis = fields.String(required=True)


@fact("recall-notified")
class RecallNotified(_RecallDue):
    """The recall notice was served: the producer must recall, or object within ten working days."""

    notified_on = fields.String(required=True)
    document = fields.String(required=True)


@fact("voluntary-recall-declared")
class VoluntaryRecallDeclared(_RecallDue):
    """The producer recalls of its own while the case is open."""

    covers = fields.String(required=True)
    covers_all = fields.Boolean(required=True)
    declared_on = fields.String(required=True)


@fact("objection-filed")
class ObjectionFiled(FactSchema):
    """The producer objects to the recall notice."""

    case = fields.String(required=True)
    filed_on = fields.String(required=True)


@fact("objection-decided")
class ObjectionDecided(FactSchema):
    """The outcome of an objection; told when it was served, or when it was decided that there is no defect."""

    case = fields.String(required=True)
    outcome = fields.String(required=True)
    decided_on = fields.String(required=True)
    served_on = fields.String(required=True, allow_none=True)


@fact("case-closed")
class CaseClosed(FactSchema):
    """A case ended."""

    case = fields.String(required=True)
    closed_on = fields.String(required=True)
    result = fields.String(required=True)
