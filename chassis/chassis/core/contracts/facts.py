"""Facts: events as CloudEvents 1.0 in structured JSON, and the two that the chassis defines: a document issued, a period near its end or lapsed."""

import json
from dataclasses import dataclass
from typing import Any

from marshmallow import fields

from chassis.core.canonical import compact
from chassis.core.contracts.schema import FactSchema
from chassis.core.contracts.wire import broken
from chassis.core.ids import new_id


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


class ClockPassed(FactSchema):
    """A period of a root is nearly over, or has lapsed unmet. It decides nothing; whoever keeps a calendar may listen."""

    root = fields.String(required=True)
    root_kind = fields.String(required=True)
    part = fields.String(required=True, allow_none=True)
    clock = fields.String(required=True)
    clause = fields.String(required=True)
    due_on = fields.String(required=True)
    advisory = fields.Boolean(required=True)


DOCUMENT_ISSUED = "document-issued"
LONGEST_NAME = 80
CLOCK_NEAR = "clock-near"
CLOCK_LAPSED = "clock-lapsed"


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


def _name(value: Any) -> str:
    """Return a name that the inbox can keep."""
    name = str(value)
    if not 1 <= len(name) <= LONGEST_NAME or broken(name):
        raise ValueError("a name that cannot be kept")
    return name


def read(body: bytes) -> Event:
    """Read an event; raises Undecodable."""
    try:
        document = json.loads(body)
        return Event(
            id=_name(document["id"]),
            type=_name(document["type"]),
            subject=_name(document["subject"]),
            sequence=int(document["sequence"]),
            dossier=str(document["dossier"]),
            data=dict(document["data"]),
            traceparent=document.get("traceparent"),
        )
    except (ValueError, KeyError, TypeError) as fault:
        raise Undecodable(f"{type(fault).__name__}: {fault}") from None
