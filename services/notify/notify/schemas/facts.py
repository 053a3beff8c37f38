"""What the facts of this service carry."""

from __future__ import annotations

from marshmallow import fields

from chassis.core import fact
from chassis.core.contracts.schema import FactSchema


@fact("document-served")
class DocumentServed(FactSchema):
    """A document reached its addressee on this legal date. `root`, `part`, `act` are those that issued it.

    `corrects` is the date that this one puts right, or null.
    """

    document = fields.String(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    root = fields.String(required=True)
    root_kind = fields.String(required=True)
    part = fields.String(required=True, allow_none=True)
    act = fields.String(required=True)
    addressee = fields.String(required=True, allow_none=True)
    served_on = fields.String(required=True)
    manner = fields.String(required=True)
    corrects = fields.String(required=True, allow_none=True)


@fact("recall-published")
class RecallPublished(FactSchema):
    """The national platform shows a recall: its number there, the date and the page."""

    publication = fields.String(required=True)
    recall = fields.String(required=True)
    case = fields.String(required=True, allow_none=True)
    national_number = fields.String(required=True)
    published_on = fields.String(required=True)
    url = fields.String(required=True)


@fact("publication-corrected")
class PublicationCorrected(RecallPublished):
    """The publication was put right: the fields as they now stand, and why."""

    reasons = fields.String(required=True)


@fact("publication-withdrawn")
class PublicationWithdrawn(FactSchema):
    """The publication of a recall was withdrawn, and why."""

    publication = fields.String(required=True)
    recall = fields.String(required=True)
    reasons = fields.String(required=True)
