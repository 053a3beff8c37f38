"""The service of documents (送达): its manners, what each must prove, and the guards about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chassis.core import Moment

ANNOUNCEMENT_DAYS = 30


@dataclass(frozen=True)
class Manner:
    """A way of serving: its texts, and the facts (fields of the act) its proof of service must have."""

    zh: str
    en: str
    proof: tuple[str, ...]


ELECTRONIC = "electronic"
MANNERS = {
    "by_hand": Manner("直接送达", "by hand", ("receiver",)),
    "left_in_place": Manner("留置送达", "left in place", ("reason", "place")),
    "entrusted": Manner("委托送达", "entrusted to another bureau", ("entrusted_to",)),
    "post": Manner("邮寄送达", "by post", ("slip_number",)),
    "announcement": Manner("公告送达", "by announcement", ("reason", "announced_on", "announced_in")),
}


def manner_zh(manner: str) -> str:
    """The Chinese name of a manner, the electronic one included."""
    return "电子送达" if manner == ELECTRONIC else MANNERS[manner].zh


def faults(service: Mapping[str, Any]) -> dict[str, str]:
    """What a recorded service lacks, by field, in Chinese and English; an empty mapping is a service that is proved.

    Left in place needs a witness or a video. By announcement, a last resort, the document counts as served thirty days
    after the announcement: the legal date is never before that. Dates are `date` objects.
    """
    manner = service["manner"]
    faults = {
        name: f"{MANNERS[manner].zh}须填写 / required for this manner"
        for name in MANNERS[manner].proof
        if not service.get(name)
    }
    if manner == "left_in_place" and not service.get("witnesses") and not service.get("video"):
        faults["witnesses"] = "留置送达须有见证人或者视频 / a witness or a video is required"
    announced = service.get("announced_on")
    if manner == "announcement" and announced and service["served_on"] < deemed_served(announced):
        day = deemed_served(announced).isoformat()
        faults["served_on"] = (
            f"自公告之日起满三十日视为送达：不早于 {day} / deemed served thirty days after the announcement"
        )
    return faults


def deemed_served(announced_on: date) -> date:
    """The day on which an announced document counts as served: the thirtieth after the announcement."""
    return announced_on + timedelta(days=ANNOUNCEMENT_DAYS)


def numbered(at: Moment) -> bool:
    """Article 23: only a document that was given a number has one to be voided and kept."""
    return bool(at.root and at.root.number)


def not_sealed_yet(at: Moment) -> bool:
    """Practice: the use of the seal is recorded once, before the paper goes out; a scan that is missing may follow."""
    return not at.body.get("seals") or bool(at.data.get("scan") and not at.body.get("sealed_scan"))


def served_otherwise_than_electronically(at: Moment) -> bool:
    """Practice: the arrival in the addressee's system is receipt; the system's own date is not corrected by hand."""
    return bool(at.body.get("service", {}).get("manner") != ELECTRONIC)
