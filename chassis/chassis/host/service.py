"""The nameko class that every service is: eight methods, one subscription, a relay, a scheduler, a worker.

A service's own `service.py` says no more than

    class Investigation(Service):
        name = "investigation"
        application = application
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import structlog
from nameko.extensions import DependencyProvider
from sqlalchemy.exc import InterfaceError, OperationalError

from chassis.core.errors import Refusal
from chassis.host.consumer import facts
from chassis.host.loops import Scheduler, Worker
from chassis.host.relay import RelayBesideService
from chassis.host.responder import INTERNAL, rpc

log = structlog.get_logger(__name__)

Request = dict[str, Any]
AWAY: dict[str, Any] = {"refused": Refusal("away").to_dict()}


class OfficeOfService(DependencyProvider):  # type: ignore[misc]
    """Gives the office that was opened before the container was made."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        """The process's one office."""
        return self.container.config["OFFICE"]


def answered(method: Callable[[Request], Any], request: Request) -> dict[str, Any]:
    """`{"ok": value}`, or `{"refused": …}`; a database that cannot be reached is `away`.

    What goes wrong unexpectedly is logged here and told to nobody.
    """
    try:
        return {"ok": method(request)}
    except Refusal as refusal:
        return {"refused": refusal.to_dict()}
    except Exception as fault:
        away = isinstance(fault, (OperationalError, InterfaceError))
        trace, command = request.get("trace"), request.get("command")
        log.exception("a call failed", method=getattr(method, "__name__", "?"), trace=trace, command=command)
        return AWAY if away else INTERNAL


class Service:
    """A service on nameko; subclasses give `name` and `application`."""

    name: ClassVar[str]
    application: ClassVar[Any]

    office = OfficeOfService()
    relay = RelayBesideService()
    scheduler = Scheduler()
    worker = Worker()

    @rpc
    def describe(self, request: Request) -> dict[str, Any]:
        """What this service can do."""
        return answered(self.office.describe, request)

    @rpc
    def acts(self, request: Request) -> dict[str, Any]:
        """What this actor may do now."""
        return answered(self.office.acts, request)

    @rpc
    def perform(self, request: Request) -> dict[str, Any]:
        """Perform an act."""
        return answered(self.office.perform, request)

    @rpc
    def get(self, request: Request) -> dict[str, Any]:
        """One root, as this actor may see it."""
        return answered(self.office.get, request)

    @rpc
    def search(self, request: Request) -> dict[str, Any]:
        """Roots, as this actor may see them."""
        return answered(self.office.search, request)

    @rpc
    def duties(self, request: Request) -> dict[str, Any]:
        """What waits for this actor."""
        return answered(self.office.duties, request)

    @rpc
    def journal(self, request: Request) -> dict[str, Any]:
        """The journal of a root or a dossier."""
        return answered(self.office.journal, request)

    @rpc
    def health(self, request: Request) -> dict[str, Any]:
        """What is wrong, if anything."""
        return answered(self._health, request)

    def _health(self, request: Request) -> dict[str, Any]:
        told: dict[str, Any] = dict(self.office.health())
        if self.relay is not None and not self.relay.broker.up:
            told.update(ok=False, faults=[*told["faults"], f"the relay has no broker: {self.relay.broker.reason}"])
        return told

    @facts
    def receive(self, messages: Sequence[bytes]) -> list[Any]:
        """Take in the facts of other services; one receipt a message."""
        return list(self.office.receive(messages))
