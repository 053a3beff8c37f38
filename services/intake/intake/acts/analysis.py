"""The institution's analysis and recommendation, and the verification on the spot (article 7 item 1, article 9)."""

from typing import Any

from chassis.core import Act, act
from intake.data import load
from intake.domain.signals import producer_of
from intake.schemas.signals import Analysis, Recommendation, VerificationOrder, VerificationReport

RECOMMENDED = {"possible_defect": "可能存在缺陷", "consult": "建议组织技术会商", "track": "建议信息跟踪"}


@act("signal", "analyse", Analysis)
def analyse(do: Act) -> None:
    """Article 9: 重点关注伤害问题比较集中或伤害造成后果比较严重的消费品缺陷信息线索."""
    data = do.data
    do.body["product"] = do.body["product"] | data.get("product", {})
    do.body["producer"] = producer_of(do.body["producer"], data.get("producer"))
    for field in ("hazard", "injury", "hazards"):
        if data.get(field):
            do.body[field] = data[field]
    do.body["analysis"] = {
        "summary": data["summary"],
        "on": do.today.isoformat(),
        "leads": len(do.body["leads"]),
        "weight": do.body["weight"],
        "concentrated": bool(data.get("concentrated")),
        "severe": bool(data.get("severe")),
    }


def matter(do: Act) -> dict[str, Any]:
    """Return what papers on a signal say of it: number, product, producer, hazard."""
    kinds = "、".join(load("hazards")[code]["zh"] for code in do.body.get("hazards", []))
    return {
        "number": do.root.number,
        "product": do.body["product"].get("name"),
        "brand": do.body["product"].get("brand"),
        "model": do.body["product"].get("model"),
        "producer": do.body["producer"].get("name"),
        "hazard": do.body.get("hazard") or kinds,
        "leads": [entry["number"] for entry in do.body["leads"]],
    }


@act("signal", "recommend", Recommendation)
def recommend(do: Act) -> None:
    """Article 9: 并提出技术认定建议. The receipt of one of possible defect sets the last day for the written notice."""
    data = do.data
    received = data.get("received_on") or do.today.isoformat()
    do.body["recommendation"] = {
        "recommendation": data["recommendation"],
        "grounds": data["grounds"],
        "received_on": received,
        "attachment": data.get("attachment"),
    }
    if data["recommendation"] == "possible_defect":
        do.start("finding", received)
    do.document(
        to=do.settings["province"],
        fields=matter(do)
        | {"recommendation": RECOMMENDED[data["recommendation"]], "grounds": data["grounds"], "received_on": received},
    )


@act("signal", "assign-verification", VerificationOrder)
def assign_verification(do: Act) -> None:
    """Article 9: 市局、县级局根据省局要求，可独立或协助省局采取市场购检、消费者回访、与生产者进行技术交流等手段进行核实."""
    data = do.data
    do.part = do.add("verification", dict(data))
    do.party("verifier", data["bureau"], data["area"], part=do.part.id)
    _list_verifications(do)


@act("signal", "report-verification", VerificationReport)
def report_verification(do: Act) -> None:
    """Article 9: 对可能存在缺陷的消费品信息进行核实; the report meets the period that the province set."""
    assert do.part is not None
    do.part.body["report"] = {**do.data, "on": do.today.isoformat()}
    _list_verifications(do)


def _list_verifications(do: Act) -> None:
    do.body["verifications"] = [
        {
            "verification": part.id,
            "bureau": part.body["bureau"],
            "confirmed": part.body.get("report", {}).get("confirmed"),
        }
        for part in do.parts("verification")
    ]
