"""What the import of foreign recalls takes: alerts in the Safety Gate form, as a list or as lines of JSON."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from chassis.core.contracts.schema import ActSchema, one_of, text
from intake.schemas.fields import line, printable

FEEDS = [
    ("safety_gate", "欧盟Safety Gate", "EU Safety Gate"),
    ("cpsc", "美国CPSC", "US CPSC"),
    ("other", "其他", "other"),
]
MOST = 200


def _alert_text(longest: int, **more: Any) -> fields.String:
    return fields.String(
        allow_none=not more.get("required"),
        validate=[validate.Length(1 if more.get("required") else None, longest), printable],
        **more,
    )


class Alert(Schema):
    """One alert as Safety Gate exports it; what it does not say may be absent or null, what we do not know is passed over.

    `type` is whom the product is for (consumer, professional); `model` is a field of ours, for sources that name one.
    """

    class Meta:
        unknown = EXCLUDE

    alert_number = _alert_text(60, required=True)
    product_name = _alert_text(200, required=True)
    country_of_origin = _alert_text(100)
    risk_type = _alert_text(200)
    risk_description = _alert_text(5000)
    product_description = _alert_text(5000)
    product_category = _alert_text(200)
    brand = _alert_text(200)
    type = _alert_text(300)
    model = _alert_text(100)
    barcode = _alert_text(300)
    batch_number = _alert_text(500)
    company_recall_code = _alert_text(200)
    production_dates = _alert_text(500)
    measures_authorities = _alert_text(5000)
    notifying_country = _alert_text(100)


class Feed(ActSchema):
    """A file of alerts: `alerts` as a list, or `rows` with one JSON object a line; one of the two."""

    source = one_of(FEEDS, required=True, metadata=text("来源", "Source"))
    title = line("说明", "Title", 200)
    alerts = fields.List(fields.Nested(Alert), validate=validate.Length(1, MOST), metadata=text("通报", "Alerts"))
    rows = line("通报（每行一条JSON）", "Alerts, one JSON object a line", 2_000_000, widget="long")

    @validates_schema
    def one_of_two(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse both and neither."""
        if bool(data.get("alerts")) == bool(data.get("rows")):
            raise ValidationError(
                "“通报”与“每行一条JSON”须且只须填写一项 / give the alerts or the rows, one of the two", "alerts"
            )
