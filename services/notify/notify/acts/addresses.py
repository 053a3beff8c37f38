"""Service addresses (送达地址确认书): confirmed by the firm, one in force per organisation."""

from __future__ import annotations

from chassis.core import Act, Refusal, act
from notify.schemas.addresses import Confirmation, Revocation
from notify.storage import queries


@act("address", "confirm-service-address", Confirmation)
def confirm_service_address(do: Act) -> None:
    """Practice: with a signed confirmation, documents reach the firm electronically; one is in force per firm."""
    if do.actor is None or do.actor.organisation is None:
        raise Refusal("forbidden")
    holder = do.actor.organisation
    do.root.title = f"送达地址确认书 {do.data['organisation_name']}"
    do.body.update(do.data | {"organisation": holder})
    do.party("holder", holder)
    if not queries.put_address(do.connection, holder, do.root.id, do.data["signed_on"]):
        raise Refusal(
            "guard",
            "已有一份有效的送达地址确认书，请先撤销",
            "One confirmation is in force; revoke it first",
            address=queries.address_in_force(do.connection, holder),
        )


@act("address", "revoke-service-address", Revocation)
def revoke_service_address(do: Act) -> None:
    """Practice: from now on documents are served otherwise; what was served stays served."""
    do.body["revoked"] = {"on": do.today.isoformat(), "reasons": do.data["reasons"]}
    queries.end_address(do.connection, do.root.id)
