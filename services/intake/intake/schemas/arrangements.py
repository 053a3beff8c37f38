"""What the acts on lead-sharing arrangements and on voluntary declarations take."""

from marshmallow import fields, validate

from chassis.core.contracts.schema import ActSchema, Day, File, text
from intake.schemas.fields import line, lines, prose


class Sharing(ActSchema):
    """How a bureau's divisions and units share leads."""

    title = line("机制名称", "Title", 200, required=True)
    divisions = lines("参与的处室和单位", "Divisions and units", 40, 100, required=True)
    days = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, 60),
        metadata=text("报送期限（工作日）", "Working days to hand over"),
    )
    in_force_on = Day(required=True, metadata=text("施行日期", "In force on"))
    procedure = prose("工作程序", "Procedure")
    attachment = File(metadata=text("文件", "Document"))


class DeclaredSystem(ActSchema):
    """A firm's system to collect, verify and analyse defect information."""

    title = line("制度名称", "Title", 200, required=True)
    in_force_on = Day(past=True, required=True, metadata=text("施行日期", "In force on"))
    summary = prose("制度内容", "Summary", required=True)
    channels = lines("信息收集渠道", "Channels", 20, 100)
    attachment = File(metadata=text("制度文件", "Document"))
