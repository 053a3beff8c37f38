"""What each act of the expert service takes."""

from marshmallow import fields, validate

from chassis.core.contracts.schema import ActSchema, Day, File, RootRef, one_of, text
from experts.domain.panels import CONCLUSIONS
from experts.schemas.common import RELATIONS, Relation, expertise, free_text, person, reasons, triples


class RegisterExpert(ActSchema):
    """Who an expert is, what he knows, and which firms he is related to."""

    person = person("专家账号", "The expert's account id")
    name = free_text("姓名", "Name", 60, mark="personal")
    employer = free_text("工作单位", "Employer", 200)
    rank = free_text("职称职务", "Professional title", 100, required=False)
    expertise = expertise()
    relations = fields.List(
        fields.Nested(Relation), load_default=list, metadata=text("已知关联企业", "Known relations to firms")
    )


class UpdateExpert(ActSchema):
    """The entry as it is now; what is known of the person stays."""

    employer = free_text("工作单位", "Employer", 200)
    rank = free_text("职称职务", "Professional title", 100, required=False)
    expertise = expertise()


class Term(ActSchema):
    """A term of appointment (advisory: the bureau's expert rules were not seen)."""

    term_from = Day(required=True, metadata=text("聘期起", "Term from"))
    term_until = Day(required=True, metadata=text("聘期止", "Term until"))


class Reasoned(ActSchema):
    """An act that needs nothing but its reasons."""

    reasons = reasons()


class Activity(ActSchema):
    """Something an expert took part in."""

    activity = one_of(
        [
            ("panel", "专家组工作", "panel work"),
            ("site", "现场技术支持", "technical support on site"),
            ("exchange", "技术交流", "technical exchange"),
            ("training", "培训授课", "training"),
            ("other", "其他", "other"),
        ],
        required=True,
        metadata=text("活动类型", "Kind of activity"),
    )
    held_on = Day(past=True, required=True, metadata=text("活动日期", "Held on"))
    summary = free_text("内容", "What was done", 1000)


class Review(ActSchema):
    """How the institution judges an expert's work in a period."""

    year = fields.Integer(
        strict=True, required=True, validate=validate.Range(2020, 2100), metadata=text("考核年度", "Year reviewed")
    )
    outcome = one_of(
        [("good", "称职", "good"), ("fair", "基本称职", "fair"), ("poor", "不称职", "poor")],
        required=True,
        metadata=text("考核结果", "Outcome"),
    )
    reasons = reasons()


class SelectMembers(ActSchema):
    """Members picked by name, which is possible where few are eligible, and why these."""

    members = fields.List(
        RootRef("expert"),
        required=True,
        validate=validate.Length(1, 15, error="1 至 15 名 / 1 to 15 members"),
        metadata=text("选定的专家", "The experts selected"),
    )
    reasons = reasons()


class InviteNationalExpert(ActSchema):
    """A national expert of defective-product recall who is not of the province's pool (article 20)."""

    person = person("专家账号", "The expert's account id")
    name = free_text("姓名", "Name", 60, mark="personal")
    employer = free_text("工作单位", "Employer", 200)
    expertise = expertise()
    reasons = reasons()


class ConfirmSeat(ActSchema):
    """The member's own declaration that he takes part and has no interest in the matter."""

    no_conflict = fields.Boolean(
        required=True,
        validate=validate.Equal(True, error="有利害关系的请申请回避 / if you have an interest, declare a conflict"),
        metadata=text(
            "本人与该生产者及产品无利害关系，并承诺保密", "I have no interest in the matter and keep its secrets"
        ),
    )


class DeclareConflict(ActSchema):
    """The interest that keeps a member from sitting."""

    relation = one_of(RELATIONS, required=True, metadata=text("利害关系", "Interest"))
    reasons = reasons()


class RecuseMember(ActSchema):
    """Why somebody else takes a member off the panel."""

    ground = one_of(
        [("conflict", "存在利害关系", "an interest"), ("unavailable", "不能参加", "not available")],
        required=True,
        metadata=text("事由", "Ground"),
    )
    reasons = reasons()


class Dissent(ActSchema):
    """A member's differing opinion."""

    member = person("持不同意见的成员", "The member who differs")
    reasons = reasons()


class SignOpinion(ActSchema):
    """What the leader signs and answers for."""

    conclusion = one_of(triples(CONCLUSIONS), required=True, metadata=text("结论", "Conclusion"))
    reasons = free_text("依据与理由", "Grounds and reasons", 8000)
    dissent = fields.List(fields.Nested(Dissent), load_default=list, metadata=text("不同意见", "Dissent"))
    files = fields.List(File(), load_default=list, metadata=text("附件", "Attachments"))


class Procedure(ActSchema):
    """How experts' activities are held; the institution writes it (article 20)."""

    heading = free_text("标题", "Title", 200)
    wording = free_text("正文", "Text", 20000)
    applies_from = Day(required=True, metadata=text("施行日期", "Applies from"))
    files = fields.List(File(), load_default=list, metadata=text("附件", "Attachments"))


class Instruction(ActSchema):
    """What the province asks of the institution's work."""

    heading = free_text("标题", "Title", 200)
    wording = free_text("内容", "Text", 8000)
    report_by = Day(required=True, metadata=text("反馈时间", "Report by"))


class InstructionReport(ActSchema):
    """What the institution did about an instruction."""

    wording = free_text("落实情况", "What was done", 8000)
    files = fields.List(File(), load_default=list, metadata=text("附件", "Attachments"))
