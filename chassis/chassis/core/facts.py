"""Facts: what an act tells the world, as CloudEvents 1.0 in structured JSON, and the one fact every service may tell: a document was issued."""

import json
from dataclasses import dataclass
from typing import Any

from marshmallow import fields

from chassis.core.canonical import compact
from chassis.core.ids import new_id
from chassis.core.schema import FactSchema


class DocumentIssued(FactSchema):
    """A paper was signed: what it says, for whom, and on which clause. Who renders and serves it is another's business."""

    document = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    root = fields.String(required=True)
    root_kind = fields.String(required=True)
    root_number = fields.String(required=True, allow_none=True)
    part = fields.String(required=True, allow_none=True)
    act = fields.String(required=True)
    clause = fields.String(required=True)
    addressee = fields.String(required=True, allow_none=True)
    addressee_name = fields.String(required=True, allow_none=True)
    issuer = fields.String(required=True, allow_none=True)
    fields_ = fields.Dict(required=True, data_key="fields", attribute="fields")
    remedy = fields.String(required=True, allow_none=True)
    signed_on = fields.String(required=True)
    signed_by = fields.String(required=True, allow_none=True)


DOCUMENT_ISSUED = "document-issued"


@dataclass(frozen=True, slots=True)
class Event:
    """A fact as it arrives."""

    id: str
    type: str
    subject: str
    sequence: int
    dossier: str
    data: dict[str, Any]
    traceparent: str | None


class Undecodable(ValueError):
    """A message that is no event of ours."""


def envelope(
    *,
    service: str,
    name: str,
    subject: str,
    sequence: int,
    moment: str,
    dossier: str,
    data: dict[str, Any],
    traceparent: str | None,
) -> tuple[str, str]:
    """Return the event's id and its JSON text."""
    identifier = new_id("event")
    kind = f"{service}.{name}.v1"
    event = {
        "specversion": "1.0",
        "id": identifier,
        "source": f"/{service}",
        "type": kind,
        "subject": subject,
        "time": moment,
        "datacontenttype": "application/json",
        "dataschema": f"urn:zhaohui:{kind}",
        "sequence": str(sequence),
        "dossier": dossier,
        "data": data,
    }
    if traceparent:
        event["traceparent"] = traceparent
    return identifier, compact(event)


def read(body: bytes) -> Event:
    """Read an event; raises Undecodable."""
    try:
        found = json.loads(body)
        return Event(
            id=str(found["id"]),
            type=str(found["type"]),
            subject=str(found["subject"]),
            sequence=int(found["sequence"]),
            dossier=str(found["dossier"]),
            data=dict(found["data"]),
            traceparent=found.get("traceparent"),
        )
    except (ValueError, KeyError, TypeError) as fault:
        raise Undecodable(f"{type(fault).__name__}: {fault}") from None
