"""The nameko class of every service: eight methods, one subscription, a relay, a scheduler, a worker.

A service's own `service.py` holds no more than

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
from chassis.host.relay import RelayProvider
from chassis.host.responder import INTERNAL, rpc

log = structlog.get_logger(__name__)

Request = dict[str, Any]
AWAY: dict[str, Any] = {"refused": Refusal("away").to_dict()}


class OfficeProvider(DependencyProvider):  # type: ignore[misc]
    """Provides the office that was opened before the container was made."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        """The one office of the process."""
        return self.container.config["OFFICE"]


def answer(method: Callable[[Request], Any], request: Request) -> dict[str, Any]:
    """Call a method and return `{"ok": value}` or `{"refused": …}`; a database that cannot be reached is `away`.

    An unexpected error is logged here and answered as `internal`, without details.
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

    office = OfficeProvider()
    relay = RelayProvider()
    scheduler = Scheduler()
    worker = Worker()

    @rpc
    def describe(self, request: Request) -> dict[str, Any]:
        """What this service can do."""
        return answer(self.office.describe, request)

    @rpc
    def acts(self, request: Request) -> dict[str, Any]:
        """What this actor may do now."""
        return answer(self.office.acts, request)

    @rpc
    def perform(self, request: Request) -> dict[str, Any]:
        """Perform an act."""
        return answer(self.office.perform, request)

    @rpc
    def get(self, request: Request) -> dict[str, Any]:
        """One root, as this actor may see it."""
        return answer(self.office.get, request)

    @rpc
    def search(self, request: Request) -> dict[str, Any]:
        """Roots, as this actor may see them."""
        return answer(self.office.search, request)

    @rpc
    def duties(self, request: Request) -> dict[str, Any]:
        """The duties of this actor."""
        return answer(self.office.duties, request)

    @rpc
    def late(self, request: Request) -> dict[str, Any]:
        """What is overdue, by unit."""
        return answer(self.office.late, request)

    @rpc
    def journal(self, request: Request) -> dict[str, Any]:
        """The journal of a root or a dossier."""
        return answer(self.office.journal, request)

    @rpc
    def health(self, request: Request) -> dict[str, Any]:
        """What is wrong, if anything."""
        return answer(self._health, request)

    def _health(self, request: Request) -> dict[str, Any]:
        report: dict[str, Any] = dict(self.office.health())
        if self.relay is not None and not self.relay.broker.up:
            report.update(ok=False, faults=[*report["faults"], f"the relay has no broker: {self.relay.broker.reason}"])
        return report

    @facts
    def receive(self, messages: Sequence[bytes]) -> list[Any]:
        """Receive the facts of other services; one receipt for each message."""
        return list(self.office.receive(messages))
