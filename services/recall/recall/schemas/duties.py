"""What the acts on assigned work, common problems and breaches take."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.core.contracts.schema import ActSchema, CreditCode, Day, RootRef, one_of, text
from recall.schemas.fields import area, attachments, free_text, items, organisation, working_days, yes_no


class ReceiveAssignment(ActSchema):
    """Work that the national administration, or a higher bureau, assigned."""

    title = free_text("任务名称", "Title", 200, required=True)
    content = free_text("任务内容", "Content", required=True)
    source = free_text("交办机关", "Assigned by", 200, required=True)
    received_on = Day(past=True, required=True, metadata=text("收到日期", "Received on"))
    due_on = Day(metadata=text("要求完成日期", "Due on"))
    attachments = attachments()


class PassOnAssignment(ActSchema):
    """A share for a city, a county or the institution."""

    organisation = organisation("承办单位", "Unit")
    area = area()
    task = free_text("分办事项", "Task", required=True)
    days = working_days("办理时限（工作日）", "Working days")


class AcceptAssignment(ActSchema):
    """Who takes it on."""

    officer = free_text("经办人", "Officer in charge", 100, required=True)


class ReportAssignment(ActSchema):
    """What was done."""

    result = free_text("办理结果", "Result", required=True)
    attachments = attachments()


class FindCommonProblems(ActSchema):
    """A safety problem that several producers of a kind of product share."""

    title = free_text("共性问题", "Problem", 200, required=True)
    product_category = free_text("产品类别", "Kind of product", 200, required=True)
    description = free_text("问题描述", "Description", required=True)
    recalls = fields.List(
        RootRef("recall"), validate=validate.Length(0, 20), metadata=text("涉及的召回", "Recalls concerned")
    )


class IssueIndustryGuidance(ActSchema):
    """What the bureau did about it with the industry."""

    associations = free_text("会同的行业部门、协会", "Departments and associations", 500, required=True)
    guidance = free_text("引导改进的内容", "Guidance", required=True)
    issued_on = Day(past=True, required=True, metadata=text("印发日期", "Issued on"))
    attachments = attachments()


class OpenViolation(ActSchema):
    """Who breached which duty, as it appears."""

    code = CreditCode(required=True, metadata=text("当事人统一社会信用代码", "Respondent's credit code"))
    name = free_text("当事人名称", "Respondent", 200, required=True)
    role = one_of(
        [("producer", "生产者", "producer"), ("operator", "其他经营者", "operator")],
        required=True,
        metadata=text("当事人类别", "Kind of respondent"),
    )
    duty = free_text("涉嫌违反的召回义务", "Duty breached", 500, required=True)
    facts = free_text("案件来源和事实", "Facts", required=True)


class Officer(Schema):
    """An officer who enforces, with the certificate that was shown."""

    name = free_text("姓名", "Name", 50, required=True)
    certificate = free_text("执法证号", "Certificate", 50, required=True)


class InvestigateViolation(ActSchema):
    """What two officers found."""

    officers = items(Officer, "执法人员（不少于两人）", "Officers, two at least", 2, 10, required=True)
    findings = free_text("调查认定的事实", "Findings", 4000, required=True)
    breach = yes_no("违法事实成立", "The breach is established")
    attachments = attachments()

    @validates_schema
    def two_people(self, data: dict[str, Any], **_: Any) -> None:
        """Two certificates are two people."""
        if len({officer["certificate"] for officer in data["officers"]}) < len(data["officers"]):
            raise ValidationError("同一执法证号重复 / the same certificate twice", "officers")


class OrderCorrection(ActSchema):
    """What has to be put right, in how many days."""

    requirements = free_text("改正要求", "What is to be corrected", required=True)
    days = fields.Integer(
        strict=True, required=True, validate=validate.Range(1, 180), metadata=text("改正期限（日）", "Days to correct")
    )


class ReCheck(ActSchema):
    """Whether it was put right."""

    outcome = one_of(
        [("corrected", "已改正", "corrected"), ("uncorrected", "拒不改正", "not corrected")],
        required=True,
        metadata=text("复查结果", "Outcome"),
    )
    checked_on = Day(past=True, required=True, metadata=text("复查日期", "Checked on"))
    findings = free_text("复查情况", "Findings", required=True)


def fine() -> fields.Integer:
    """An amount in fen."""
    return fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, 10**12),
        metadata=text("罚款金额（分）", "Fine (fen)", unit="fen"),
    )


class AnnouncePenalty(ActSchema):
    """The penalty that is intended, and on what."""

    facts = free_text("违法事实和证据", "Facts and evidence", 4000, required=True)
    basis = free_text("处罚依据", "Legal basis", 500, required=True)
    fine = fine()


class HearStatement(ActSchema):
    """What the respondent said, or that it said nothing in time."""

    stated = yes_no("当事人提出陈述申辩", "The respondent made a statement")
    statement = free_text("陈述申辩内容", "Statement")
    adopted = free_text("复核意见", "How it was considered", required=True)

    @validates_schema
    def written(self, data: dict[str, Any], **_: Any) -> None:
        """A statement that was made is written down."""
        if data["stated"] and not data.get("statement"):
            raise ValidationError("请记录陈述申辩内容 / write down what was stated", "statement")


class LegalReview(ActSchema):
    """The legal division's opinion."""

    outcome = one_of(
        [("agreed", "同意", "agreed"), ("returned", "退回", "returned")],
        required=True,
        metadata=text("审核结论", "Outcome"),
    )
    opinion = free_text("审核意见", "Opinion", required=True)


class DecidePenalty(ActSchema):
    """The decision."""

    fine = fine()
    reasons = free_text("裁量理由", "Reasons", required=True)


class PublishPenalty(ActSchema):
    """Where the decision was made public."""

    published_on = Day(past=True, required=True, metadata=text("公示日期", "Published on"))
    url = free_text("公示地址", "Address", 500, required=True)


class CloseViolation(ActSchema):
    """Why the matter ends."""

    reasons = free_text("结案理由", "Reasons", required=True)
