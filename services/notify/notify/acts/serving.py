"""The service of documents: electronic where an address is confirmed, else as the registry proves it; corrections."""

from __future__ import annotations

from datetime import date
from typing import Any

from chassis.core import Act, Refusal, act
from chassis.core.contracts.schema import Nothing
from chassis.core.errors import invalid
from notify.domain import serving
from notify.schemas.documents import Proof, ServiceCorrection, ServiceRecord, served_before_signing
from notify.storage import queries


@act("document", "serve-electronically", Nothing)
def serve_electronically(do: Act) -> None:
    """Practice: with a signed confirmation of the service address, arrival in the addressee's inbox is receipt."""
    address = queries.address_in_force(do.connection, do.body["addressee"]["id"])
    if address is None:
        raise Refusal(
            "guard",
            "受送达人没有有效的送达地址确认书",
            "The addressee has no service address in force",
            addressee=do.body["addressee"]["id"],
        )
    do.body["service"] = {"manner": serving.ELECTRONIC, "served_on": do.today.isoformat(), "address": address}
    _publish_service(do)
    do.later("print-proof", {"document": do.root.id})


@act("document", "record-service", ServiceRecord)
def record_service(do: Act) -> None:
    """Practice: the registry records how and on which legal date the document was served, with its proof of service."""
    _not_before_signing(do)
    do.body["service"] = {key: value for key, value in do.data.items() if value not in (None, [])}
    do.body["proof"] = do.data["proof"]
    _publish_service(do)


@act("document", "file-proof", Proof)
def file_proof(do: Act) -> None:
    """The proof of an electronic service is printed by the system and kept with the document."""
    do.body["proof"] = do.data["pdf"]


@act("document", "correct-service", ServiceCorrection)
def correct_service(do: Act) -> None:
    """Practice: a wrong date of service is put right by a recorded act; the fact with the right date is published again."""
    service = do.body["service"]
    previous = service["served_on"]
    _not_before_signing(do)
    _deemed(service | {"served_on": do.data["served_on"]})
    service.setdefault("corrections", []).append(
        {"from": previous, "reasons": do.data["reasons"], "on": do.today.isoformat()}
    )
    service["served_on"] = do.data["served_on"]
    if do.data["proof"]:
        do.body["proof"] = do.data["proof"]
    _publish_service(do, corrects=previous)


@act("document", "record-reading", Nothing)
def record_reading(do: Act) -> None:
    """Practice: the reading is only recorded; receipt was the arrival. The first one stays in the body."""
    do.body.setdefault("read_at", do.now.isoformat())


def _publish_service(do: Act, corrects: str | None = None) -> None:
    """Publish the legal date of service, for the service that issued the document."""
    body, origin = do.body, do.body["origin"]
    do.fact(
        "document-served",
        {
            "document": do.root.id,
            "kind": body["kind"],
            "number": do.root.number,
            "root": origin["root"],
            "root_kind": origin["root_kind"],
            "part": origin["part"],
            "act": origin["act"],
            "addressee": body["addressee"]["id"],
            "served_on": body["service"]["served_on"],
            "manner": body["service"]["manner"],
            "corrects": corrects,
        },
    )


def _not_before_signing(do: Act) -> None:
    if served_before_signing(do.data["served_on"], do.body["signed_on"]):
        raise invalid("served_on", f"不能早于文书签发日期 {do.body['signed_on']}", "before the document was signed")


def _deemed(service: dict[str, Any]) -> None:
    announced = service.get("announced_on")
    if announced and date.fromisoformat(service["served_on"]) < serving.deemed_served(date.fromisoformat(announced)):
        raise invalid(
            "served_on", "公告送达不早于公告之日起满三十日", "an announced document is served thirty days after it"
        )
