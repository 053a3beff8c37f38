"""What the on-site procedure of article 13 takes: plan, team, visit, report."""

from marshmallow import fields, validate

from chassis.core.contracts.schema import ActSchema, Day, text
from investigation.schemas.fields import Officer, Person, attachments, free_text, past_day


class PreparePlan(ActSchema):
    """The plan of the on-site investigation."""

    subject = free_text("调查事项", "Subject", 300, required=True)
    place = free_text("调查地点", "Place", 300, required=True)
    planned_on = Day(required=True, metadata=text("拟调查日期", "Planned on"))
    steps = fields.List(
        free_text("步骤", "Step", 500, required=True),
        required=True,
        validate=validate.Length(1, 30),
        metadata=text("调查步骤", "Steps"),
    )
    evidence = free_text("拟出示的证据", "Evidence to show", required=True)


class FormTeam(ActSchema):
    """The investigation team."""

    officers = fields.List(
        fields.Nested(Officer), required=True, validate=validate.Length(1, 20), metadata=text("执法人员", "Officers")
    )
    institution_staff = fields.List(
        fields.Nested(Person), required=True, metadata=text("技术机构人员", "Institution's staff")
    )
    local_staff = fields.List(
        fields.Nested(Person), load_default=list, metadata=text("市、县局配合人员", "City and county staff")
    )


class RecordVisit(ActSchema):
    """The record of the on-site investigation."""

    visited_on = past_day("调查日期", "Date")
    place = free_text("地点", "Place", 300, required=True)
    officers = fields.List(
        fields.Nested(Officer),
        required=True,
        validate=validate.Length(1, 20),
        metadata=text("到场执法人员", "Officers present"),
    )
    certificates_shown = fields.Boolean(required=True, metadata=text("已出示执法证件", "Certificates shown"))
    cause_stated = fields.Boolean(required=True, metadata=text("已告知调查事由", "Cause stated"))
    evidence_shown = fields.List(
        free_text("证据", "Evidence", 300, required=True),
        required=True,
        metadata=text("已出示的证据", "Evidence shown"),
    )
    present = free_text("被调查方在场人员", "Present for the investigated", 300, required=True, mark="personal")
    record = free_text("现场情况", "Record", required=True)
    signed = fields.Boolean(required=True, metadata=text("已逐页签字", "Signed on every page"))
    refusal = free_text("拒签说明", "Refusal noted", 500)
    attachments = attachments("照片和材料", "Photographs and papers")


class DraftReport(ActSchema):
    """The investigation report."""

    facts = free_text("调查查明的事实", "Facts", required=True)
    analysis = free_text("技术分析", "Analysis", required=True)
    conclusion = free_text("结论建议", "Proposed conclusion", 1000, required=True)
    attachments = attachments()
