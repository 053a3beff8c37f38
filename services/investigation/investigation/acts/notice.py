"""Opening a case and the notice to analyse (articles 3(1), 9(3), 11(4))."""

from typing import Any

from chassis.core import Act, act
from investigation.domain.parties import accountable
from investigation.schemas.notice import NotifyProducer, OpenOnInstruction
from investigation.schemas.received import DocumentServed, PossibleDefectFound


@act("case", "open-case", PossibleDefectFound)
def open_case(do: Act) -> None:
    """Article 9(3): the province found that a product may be defective; the notice is due in three working days.

    The finding counts at latest from the receipt of a recommendation of possible defect (practice).
    """
    data = do.data
    producer = data["producer"]
    do.body.update(
        {name: data[name] for name in ("signal", "product", "hazard", "injury", "evidence", "grounds", "risk_level")}
    )
    do.body["found_on"] = min(filter(None, (data["found_on"], data["recommended_on"])))
    do.body["lead_number"] = data["number"]
    _begin(do, producer, data["institution"])
    do.start("notice", do.body["found_on"])


@act("case", "open-case-on-instruction", OpenOnInstruction)
def open_case_on_instruction(do: Act) -> None:
    """Article 11(4): 总局通知省局开展缺陷调查的."""
    data = do.data
    do.body.update({name: data[name] for name in ("product", "hazard", "grounds")})
    do.body["instruction"] = {"number": data["notice_number"], "received_on": data["received_on"]}
    _begin(do, data["producer"], do.settings["institution"])


def _begin(do: Act, producer: dict[str, Any], institution: str) -> None:
    do.body["producer"] = producer
    do.body["institution"] = institution
    do.root.title = f"{producer['name']}：{do.body['product']['name']}"
    do.party("lead_bureau", do.settings["province"], area=do.settings["province_area"])
    do.party("institution", institution)
    do.party("producer", f"org_{accountable(producer)}")


@act("case", "notify-producer", NotifyProducer)
def notify_producer(do: Act) -> None:
    """Article 9(3): 应当自发现之日起三个工作日内书面通知生产者开展调查分析; met by the issue of the notice."""
    data, body = do.data, do.body
    paper = do.document(
        to=do.parties("producer")[0],
        to_name=body["producer"]["name"],
        fields=paper_fields(product=body["product"]["name"], days=data["days"], hazard=body["hazard"], grounds=body["grounds"],
                    requirements=data.get("requirements"), contact=data.get("contact")),
    )  # fmt: skip
    body["notice"] = {"days": data["days"], "document": paper, "issued_on": do.today.isoformat()}


@act("case", "enter-notice-receipt", DocumentServed)
def enter_notice_receipt(do: Act) -> None:
    """Article 10(1): the period that the province set runs from the service of the notice.

    A corrected date recomputes the period while it runs; later it is only noted.
    """
    do.body["notice"]["served_on"] = do.data["served_on"]
    do.choose("first" if do.root.state == "notified" else "noted")
    if do.root.state in ("notified", "analysing"):
        do.start("analysis", do.data["served_on"], days=do.body["notice"]["days"])


def paper_fields(**fields: Any) -> dict[str, Any]:
    """Return the fields of a document that have a value."""
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
