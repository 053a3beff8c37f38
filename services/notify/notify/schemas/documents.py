"""What the acts on documents take."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.core.contracts.schema import ActSchema, Day, File, one_of, text
from notify.domain import serving

SHORT, LONG = validate.Length(1, 200), validate.Length(1, 2000)


class Rendered(ActSchema):
    """The outcome of printing: the PDF, or why there is none."""

    outcome = fields.String(required=True, validate=validate.OneOf(["ready", "internal", "fault"]))
    pdf = File(load_default=None, allow_none=True)
    template = fields.String(required=True)
    missing = fields.List(fields.String(), load_default=list)
    unprintable = fields.List(fields.String(), load_default=list)
    fault = fields.String(load_default=None, allow_none=True)


class Proof(ActSchema):
    """The printed proof of an electronic service."""

    pdf = File(required=True)


class Seal(ActSchema):
    """The use of the seal, or the scan of the sealed paper."""

    used_on = Day(past=True, required=True, metadata=text("用印日期", "Sealed on"))
    scan = File(load_default=None, allow_none=True, metadata=text("盖章扫描件", "Scan of the sealed paper"))
    note = fields.String(load_default=None, allow_none=True, validate=LONG, metadata=text("备注", "Note"))


class ServiceRecord(ActSchema):
    """The proof of service (送达回证) of a document that did not go electronically. `served_on` is the legal date."""

    manner = one_of(
        [(name, manner.zh, manner.en) for name, manner in serving.MANNERS.items()],
        required=True,
        metadata=text("送达方式", "Manner of service"),
    )
    served_on = Day(
        past=True,
        required=True,
        metadata=text(
            "送达日期",
            "Served on",
            "以法定送达日期为准；邮寄以回执注明的收件日期为准",
            "The legal date; by post the return slip's date",
        ),
    )
    place = fields.String(load_default=None, allow_none=True, validate=SHORT, metadata=text("送达地点", "Place"))
    receiver = fields.String(
        load_default=None, allow_none=True, validate=SHORT, metadata=text("签收人", "Received by", mark="personal")
    )
    relation = fields.String(
        load_default=None,
        allow_none=True,
        validate=SHORT,
        metadata=text("签收人与受送达人关系", "Relation to the addressee"),
    )
    witnesses = fields.List(
        fields.String(validate=SHORT), load_default=list, metadata=text("见证人", "Witnesses", mark="personal")
    )
    video = File(load_default=None, allow_none=True, metadata=text("留置送达视频", "Video of leaving it in place"))
    reason = fields.String(
        load_default=None,
        allow_none=True,
        validate=LONG,
        metadata=text(
            "理由",
            "Reason",
            "留置送达写明拒收情况；公告送达写明其他方式无法送达的情况",
            "Why it was left in place, or announced",
        ),
    )
    entrusted_to = fields.String(
        load_default=None, allow_none=True, validate=SHORT, metadata=text("受托送达单位", "Entrusted to")
    )
    slip_number = fields.String(
        load_default=None, allow_none=True, validate=SHORT, metadata=text("邮件单号", "Number of the postal slip")
    )
    announced_on = Day(past=True, load_default=None, allow_none=True, metadata=text("公告日期", "Announced on"))
    announced_in = fields.String(
        load_default=None, allow_none=True, validate=SHORT, metadata=text("公告载体", "Where it was announced")
    )
    servers = fields.String(load_default=None, allow_none=True, validate=SHORT, metadata=text("送达人", "Served by"))
    proof = File(
        required=True,
        metadata=text(
            "送达回证", "Proof of service", "已签字的送达回证、邮件回执或者公告页面", "The signed proof, slip or page"
        ),
    )

    @validates_schema
    def proved(self, data: dict[str, Any], **_: Any) -> None:
        """Each manner has its own proof."""
        faults = serving.faults(data)
        if faults:
            raise ValidationError({name: [words] for name, words in faults.items()})


class ServiceCorrection(ActSchema):
    """The right date of a service that was recorded with a wrong one."""

    served_on = Day(past=True, required=True, metadata=text("正确的送达日期", "The right date of service"))
    reasons = fields.String(required=True, validate=LONG, metadata=text("更正理由", "Reasons"))
    proof = File(load_default=None, allow_none=True, metadata=text("证明材料", "Proof"))


class Voiding(ActSchema):
    """Why a document is voided."""

    reasons = fields.String(required=True, validate=LONG, metadata=text("作废理由", "Reasons"))


def served_before_signing(served_on: str, signed_on: str) -> bool:
    """Whether a date of service lies before the document was signed: nobody serves what does not exist. ISO dates."""
    return date.fromisoformat(served_on) < date.fromisoformat(signed_on[:10])
