"""What the province makes of a signal: a possible defect is found, or the information is tracked and closed (article 9, third sentence)."""

from typing import Any

from chassis.core import Act, Refusal, act
from intake.data import load
from intake.domain.signals import counted_from, producer_of
from intake.schemas.fields import Reasons
from intake.schemas.leads import SOURCES
from intake.schemas.signals import Finding, Tracking

NAMED = {code: zh for code, zh, _ in SOURCES}


@act("signal", "find-possible-defect", Finding)
def find_possible_defect(do: Act) -> None:
    """Article 9: 发现消费品可能存在缺陷的，应当自发现之日起三个工作日内书面通知生产者开展调查分析.

    The fact carries all that investigation needs to open a case: an act never waits for another service.
    """
    data, recommended = do.data, _recommended_on(do)
    do.body["product"] = do.body["product"] | data.get("product", {})
    do.body["producer"] = producer_of(do.body["producer"], data.get("producer"))
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
    recommendation = do.body.get("recommendation", {})
    return recommendation["received_on"] if recommendation.get("recommendation") == "possible_defect" else None


def _hazard(do: Act) -> str:
    return do.body.get("hazard") or "、".join(load("hazards")[code]["zh"] for code in do.body.get("hazards", []))


def _producer(producer: dict[str, Any]) -> dict[str, Any]:
    fields = {key: producer.get(key) for key in ("code", "name", "address", "agent")}
    return fields | {"foreign": bool(producer.get("foreign"))}


def _product(product: dict[str, Any]) -> dict[str, Any]:
    fields = {key: product.get(key) for key in ("name", "brand", "model", "category", "quantity")}
    return fields | {"batches": list(product.get("batches") or [])}


def _evidence(do: Act) -> list[dict[str, Any]]:
    """List what the finding rests on: each lead and each paper. No informant, no contact."""
    pieces = [
        _piece(entry["title"], NAMED[entry["source"]], entry["number"], lead=entry["lead"])
        for entry in do.body["leads"]
    ]
    if recommendation := do.body.get("recommendation"):
        pieces.append(_piece("技术认定建议", "技术机构", do.root.number, file=recommendation.get("attachment")))
    if do.body.get("consultation"):
        pieces.append(_piece("会商纪要", "技术会商", do.root.number))
    for part in do.parts("verification"):
        files = part.body.get("report", {}).get("attachments") or [None]
        if part.state == "reported":
            pieces += [_piece("信息核实报告", part.body["bureau"], do.root.number, file=file) for file in files]
    return pieces


def _piece(
    title: str, source: str, number: str | None, *, lead: str | None = None, file: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"title": title, "source": source, "lead": lead, "number": number, "file": file}


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
