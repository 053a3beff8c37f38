"""The schemas of the gateway's own addresses: requests and responses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

PLAIN = validate.Regexp(r"^[^\x00]*$", error="含有空字符 / holds a NUL character")


class Strict(Schema):
    """Refuses what it does not know."""

    class Meta:
        unknown = RAISE


class ProblemSchema(Schema):
    """RFC 9457 problem document."""

    class Meta:
        include: dict[str, Any] = {}

    type = fields.String(required=True, metadata={"description": "urn:zhaohui:problem:<code>"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    code = fields.String(required=True)
    zh = fields.String()
    en = fields.String()
    clause = fields.String(metadata={"description": "Clause of the regulation, e.g. 14(1)"})
    act = fields.String()
    facts = fields.Dict(keys=fields.String())
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


class SignIn(Strict):
    """Username and password, and for which organisation."""

    username = fields.String(required=True, validate=[validate.Length(1, 80), PLAIN])
    password = fields.String(required=True, validate=[validate.Length(1, 200), PLAIN])
    organisation = fields.String(validate=[validate.Length(1, 80), PLAIN])


class OrganisationShort(Schema):
    """An organisation by id and names."""

    id = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class OrganisationView(OrganisationShort):
    """An organisation."""

    kind = fields.String(required=True)
    area = fields.String(allow_none=True)
    offices = fields.List(fields.String(), required=True)
    parent = fields.String(allow_none=True)
    credit_code = fields.String(allow_none=True)


class Me(Schema):
    """The person and the organisation of a token."""

    person = fields.String(required=True)
    name = fields.String(required=True)
    organisation = fields.String(required=True)
    organisation_zh = fields.String(required=True)
    organisation_en = fields.String(required=True)
    organisations = fields.List(fields.String(), required=True)
    area = fields.String(allow_none=True)
    offices = fields.List(fields.String(), required=True)
    posts = fields.List(fields.String(), required=True)
    deputy = fields.Function(
        lambda acting: dict(acting.deputy), metadata={"type": "object", "description": "post → person stood in for"}
    )


class BearerToken(Schema):
    """A bearer token; only this response holds it."""

    token = fields.String(required=True)
    token_type = fields.Constant("Bearer")
    expires_at = fields.AwareDateTime(required=True)
    acting = fields.Nested(Me, required=True)


class OrganisationChoice(Strict):
    """Another organisation of the same person; absent, the token is renewed for the same one."""

    organisation = fields.String(validate=[validate.Length(1, 80), PLAIN])


class DeputyView(Schema):
    """A deputyship as recorded."""

    id = fields.String(required=True)
    organisation = fields.String(required=True)
    post = fields.String(required=True)
    holder = fields.String(required=True)
    deputy = fields.String(required=True)
    begins = fields.Date(required=True)
    ends = fields.Date(required=True)
    recorded_by = fields.String(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(allow_none=True)


class DeputyRecord(Strict):
    """Who stands in for whom, from when, until when (both days included)."""

    post = fields.String(required=True, validate=[validate.Length(1, 20), PLAIN])
    holder = fields.String(required=True, validate=[validate.Length(1, 80), PLAIN])
    deputy = fields.String(required=True, validate=[validate.Length(1, 80), PLAIN])
    begins = fields.Date(required=True)
    ends = fields.Date(required=True)


class KeptFile(Schema):
    """A file in the store, as acts take it."""

    hash = fields.String(required=True)
    name = fields.String(required=True)
    size = fields.Integer(required=True)
    media_type = fields.String(required=True)


class TestClock(Schema):
    """Legal time of every process."""

    now = fields.String(required=True)
    today = fields.String(required=True)
    moved = fields.Boolean(required=True)


def aware(value: datetime | None) -> None:
    """A moment must say its offset."""
    if value is not None and value.tzinfo is None:
        raise ValidationError("缺少时区 / the offset is missing")


class TestClockSetting(Strict):
    """The moment to make the present, or null to return to machine time."""

    now = fields.DateTime(format="iso", required=True, allow_none=True, validate=aware)
