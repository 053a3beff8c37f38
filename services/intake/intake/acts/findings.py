"""What the province makes of a signal: a possible defect is found, or the information is tracked and closed (article 9, third sentence)."""

from typing import Any

from chassis.core import Act, Refusal, act
from intake.data import load
from intake.domain.signals import counted_from
from intake.schemas.fields import Reasons
from intake.schemas.signals import Finding, Tracking

SOURCES = {
    "public_report": "消费者反映",
    "spot_check": "监督抽查通报",
    "complaint_12315": "12315投诉举报",
    "public_opinion": "舆情监测",
    "enforcement": "行政执法",
    "consumer_rights": "消费者权益保护",
    "network_supervision": "网络监管",
    "daily_supervision": "日常监管",
    "incident": "重大事故报告",
    "overseas_recall": "境外召回报告",
    "foreign_alert": "境外召回信息",
}


@act("signal", "find-possible-defect", Finding)
def find_possible_defect(do: Act) -> None:
    """Article 9: 发现消费品可能存在缺陷的，应当自发现之日起三个工作日内书面通知生产者开展调查分析.

    The fact carries all that investigation needs to open a case: an act never waits for another service.
    """
    data, recommended = do.data, _recommended_on(do)
    for field in ("product", "producer"):
        if data.get(field):
            do.body[field] = do.body.get(field, {}) | data[field]
    for field in ("hazard", "injury"):
        if data.get(field):
            do.body[field] = data[field]
    if not _hazard(do):
        raise Refusal("invalid", errors={"hazard": ["必填：可能存在的危害 / say what hazard there may be"]})
    do.body["finding"] = {
        "found_on": data["found_on"],
        "recommended_on": recommended,
        "grounds": data["grounds"],
        "notice_counts_from": counted_from(data["found_on"], recommended),
    }
    do.fact(
        "possible-defect-found",
        {
            "signal": do.root.id,
            "number": do.root.number,
            "found_on": data["found_on"],
            "recommended_on": recommended,
            "producer": _producer(do.body["producer"]),
            "product": _product(do.body["product"]),
            "hazard": _hazard(do),
            "injury": do.body.get("injury"),
            "evidence": _evidence(do),
            "institution": do.settings["institution"],
            "grounds": data["grounds"],
            "risk_level": do.body.get("risk", {}).get("level"),
        },
    )


def _recommended_on(do: Act) -> str | None:
    found = do.body.get("recommendation", {})
    return found["received_on"] if found.get("recommendation") == "possible_defect" else None


def _hazard(do: Act) -> str:
    return do.body.get("hazard") or "、".join(load("hazards")[code]["zh"] for code in do.body.get("hazards", []))


def _producer(found: dict[str, Any]) -> dict[str, Any]:
    told = {key: found.get(key) for key in ("code", "name", "address", "agent")}
    return told | {"foreign": bool(found.get("foreign"))}


def _product(found: dict[str, Any]) -> dict[str, Any]:
    told = {key: found.get(key) for key in ("name", "brand", "model", "category", "quantity")}
    return told | {"batches": list(found.get("batches") or [])}


def _evidence(do: Act) -> list[dict[str, Any]]:
    """List what the finding rests on: each lead, the recommendation, the consultation, the verifications. No informant, no contact."""
    found = [
        {
            "title": entry["title"],
            "source": SOURCES[entry["source"]],
            "lead": entry["lead"],
            "number": entry["number"],
            "file": None,
        }
        for entry in do.body["leads"]
    ]
    if do.body.get("recommendation"):
        found.append(_paper("技术认定建议", do, do.body["recommendation"].get("attachment")))
    if do.body.get("consultation"):
        found.append(_paper("会商纪要", do, None))
    for part in do.parts("verification"):
        if part.state == "reported":
            found.append(_paper("信息核实报告", do, next(iter(part.body["report"].get("attachments") or []), None)))
    return found


def _paper(title: str, do: Act, file: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "title": title,
        "source": do.settings["institution"] if title != "信息核实报告" else "市局、县级局",
        "lead": None,
        "number": do.root.number,
        "file": file,
    }


@act("signal", "track", Tracking)
def track(do: Act) -> None:
    """Article 9: 发现现有证据不能证明消费品可能存在缺陷的，视情况指导技术机构进行信息跟踪."""
    do.body["tracking"] = {**do.data, "on": do.today.isoformat()}


@act("signal", "resume", Reasons)
def resume(do: Act) -> None:
    """New information on a tracked signal: the analysis begins again."""
    do.body.setdefault("resumed", []).append({"on": do.today.isoformat(), **do.data})


@act("signal", "close", Reasons)
def close(do: Act) -> None:
    """Tracking has brought nothing: the signal is closed with reasons."""
    do.body["closing"] = {"on": do.today.isoformat(), **do.data}
