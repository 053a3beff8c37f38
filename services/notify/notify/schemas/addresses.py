"""What the acts on service addresses take."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.core.contracts.schema import ActSchema, Day, File, text


class Confirmation(ActSchema):
    """The signed confirmation of the service address (送达地址确认书)."""

    organisation_name = fields.String(
        required=True, validate=validate.Length(1, 200), metadata=text("单位名称", "Name of the organisation")
    )
    electronic_address = fields.String(
        required=True,
        validate=validate.Length(3, 200),
        metadata=text(
            "电子送达地址",
            "Electronic address",
            "本系统收件箱之外接收提醒的地址",
            "Where a reminder goes, beside the inbox here",
            mark="personal",
        ),
    )
    contact = fields.String(
        required=True, validate=validate.Length(1, 200), metadata=text("联系人及联系方式", "Contact", mark="personal")
    )
    signed_on = Day(past=True, required=True, metadata=text("签署日期", "Signed on"))
    scan = File(required=True, metadata=text("已签署的送达地址确认书", "The signed confirmation"))


class Revocation(ActSchema):
    """Why an address is revoked."""

    reasons = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(1, 2000), metadata=text("撤销理由", "Reasons")
    )
