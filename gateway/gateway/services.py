"""The services behind the gateway: their descriptions, calls to them, and which of them are away.

Nothing here depends on a kind, an act or a role. The API and the console both call through one `Services`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from chassis.client import Away, UnknownOutcome
from chassis.core.errors import Refusal
from chassis.core.ids import kind_of
from gateway.identity import Acting

__all__ = ["SERVICES", "Answers", "Client", "Services", "kind_of"]

SERVICES = ("intake", "investigation", "recall", "experts", "notify")

READ_SECONDS = 5.0  # deadline of a read
PERFORM_SECONDS = 15.0  # deadline of an act
ABSENT_SECONDS = 0.75  # deadline of a read from a service that was away within the last ABSENCE_KEPT seconds
ABSENCE_KEPT = 5.0
DESCRIPTION_KEPT = 60.0  # seconds after which a description is read again

Value = Any  # a JSON value
Signer = Callable[[Acting], str]  # the acting person → actor token


class Client(Protocol):
    """The surface of `chassis.client.RpcClient` that is used here."""

    def call(self, service: str, method: str, request: dict[str, Any], timeout: float) -> Value: ...

    def up(self) -> bool: ...


@dataclass(frozen=True)
class Answers:
    """The answers of several services to one call.

    `values` service → JSON value; `refused` service → its refusal; `away` those that did not answer in time.
    """

    values: dict[str, Value] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)
    away: tuple[str, ...] = ()


@dataclass
class _CachedDescription:
    """A description as last seen; `checked` is machine time (monotonic seconds)."""

    description: dict[str, Any]
    checked: float


class Services:
    """Calls services over one RPC client and caches their descriptions.

    `client` is a `chassis.client.RpcClient`; `sign` turns the acting person (`gateway.identity.Acting`) into the actor
    token of one call; `names` are the services there are. Thread-safe: one object a process.
    """

    def __init__(
        self,
        client: Client,
        sign: Signer | None = None,
        names: Iterable[str] = SERVICES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.client = client
        self.names = tuple(names)
        self._sign = sign
        self._monotonic = monotonic
        self._cached: dict[str, _CachedDescription] = {}
        self._absent: dict[str, float] = {}
        self._locks = {name: threading.Lock() for name in self.names}
        self._threads = ThreadPoolExecutor(max_workers=4 * max(1, len(self.names)), thread_name_prefix="call")

    # ── calls ──

    def call(
        self,
        service: str,
        method: str,
        request: Mapping[str, Any] | None = None,
        actor: Acting | None = None,
        timeout: float | None = None,
    ) -> Value:
        """One read or act of one service; `actor` None is the public.

        Raises `Refusal` when the service refuses, `Away` when it (or the broker) is not there, `UnknownOutcome` when an
        act was sent and no answer came in time. A read not answered in time is `Away`: it has no outcome.
        """
        body = dict(request or {})
        if actor is not None and self._sign is not None:
            body["token"] = self._sign(actor)
        try:
            answer = self.client.call(service, method, body, timeout or self._deadline(service, method))
        except UnknownOutcome as fault:
            if method == "perform":
                raise
            self._absent[service] = self._monotonic() + ABSENCE_KEPT
            raise Away(service, fault.reason) from fault
        except Away:
            self._absent[service] = self._monotonic() + ABSENCE_KEPT
            raise
        self._absent.pop(service, None)
        return answer

    def call_all(
        self,
        method: str,
        request: Mapping[str, Any] | None = None,
        actor: Acting | None = None,
        services: Iterable[str] | None = None,
    ) -> Answers:
        """The same call to several services at once, each in a thread; services that are away are part of the result."""
        names = tuple(services if services is not None else self.names)
        futures = {name: self._threads.submit(self._try, name, method, request, actor) for name in names}
        values: dict[str, Value] = {}
        refused: dict[str, Refusal] = {}
        away: list[str] = []
        for name, future in futures.items():
            outcome = future.result()
            if isinstance(outcome, Refusal):
                refused[name] = outcome
            elif isinstance(outcome, Away):
                away.append(name)
            else:
                values[name] = outcome
        return Answers(values, refused, tuple(away))

    def call_each(
        self, calls: Iterable[tuple[str, str, Mapping[str, Any]]], actor: Acting | None = None
    ) -> list[Value | Refusal | Away]:
        """Several calls `(service, method, request)` at once; a value, a refusal or away for each, in order."""
        futures = [self._threads.submit(self._try, *call, actor) for call in calls]
        return [future.result() for future in futures]

    def _try(
        self, service: str, method: str, request: Mapping[str, Any] | None, actor: Acting | None
    ) -> Value | Refusal | Away:
        try:
            return self.call(service, method, request, actor)
        except (Refusal, Away) as outcome:
            return outcome

    def _deadline(self, service: str, method: str) -> float:
        if method == "perform":
            return PERFORM_SECONDS
        return ABSENT_SECONDS if self._monotonic() < self._absent.get(service, 0.0) else READ_SECONDS

    # ── descriptions ──

    def describe(self, service: str) -> dict[str, Any]:
        """The service's description: read at first use and again when stale; kept while the service is away.

        Raises `Away` only when the service has not been described since the gateway started.
        """
        fresh = self._fresh(service)
        if fresh is not None:
            return fresh
        with self._locks[service]:
            fresh = self._fresh(service)
            return fresh if fresh is not None else self._refresh(service, self._cached.get(service))

    def _fresh(self, service: str) -> dict[str, Any] | None:
        cached = self._cached.get(service)
        return cached.description if cached and self._monotonic() - cached.checked < DESCRIPTION_KEPT else None

    def _refresh(self, service: str, cached: _CachedDescription | None) -> dict[str, Any]:
        try:
            description: dict[str, Any] = self.call(service, "describe")
        except (Away, Refusal) as fault:
            if cached is None:
                raise Away(service, "it does not describe itself") from fault
            cached.checked = self._monotonic() - DESCRIPTION_KEPT + ABSENCE_KEPT
            return cached.description
        if cached is not None and cached.description["hash"] == description["hash"]:
            description = cached.description
        self._cached[service] = _CachedDescription(description, self._monotonic())
        return description

    def descriptions(self) -> tuple[dict[str, dict[str, Any]], tuple[str, ...]]:
        """Every description that is known, by service, and the services that have not been described."""
        latest = {name: self._fresh(name) for name in self.names}
        stale = [name for name in self.names if latest[name] is None]
        futures = {name: self._threads.submit(self._try_describe, name) for name in stale}
        latest |= {name: future.result() for name, future in futures.items()}
        known = {name: description for name, description in latest.items() if description is not None}
        return known, tuple(name for name in self.names if name not in known)

    def _try_describe(self, service: str) -> dict[str, Any] | None:
        try:
            return self.describe(service)
        except Away:
            return None

    def hash(self) -> str:
        """The hashes of all known descriptions: what is made from descriptions is valid while this is the same."""
        known, _ = self.descriptions()
        return " ".join(f"{name}:{known[name]['hash']}" for name in sorted(known))

    def kinds(self) -> dict[str, dict[str, Any]]:
        """Kind → `{service, kind, zh, en, final, states, parts, clocks, acts}`, of all known services.

        As the rulebook in force has it; a kind that only another regime has, as that one has it.
        """
        known, _ = self.descriptions()
        return {
            kind: {"service": service, "kind": kind, **row}
            for service, description in known.items()
            for part in reversed(regimes_of(description))
            for kind, row in part["kinds"].items()
        }

    def kind(self, kind: str, regime: str | None = None) -> dict[str, Any]:
        """One kind's description under a regime (none: the rulebook in force).

        Refusal not-found, or `Away` when a service that may hold it has not been described.
        """
        cached = self._cached.copy().items()
        holder = next((name for name, one in cached if _kind_of(one.description, kind)), None)
        known, unknown = ({holder: self.describe(holder)}, ()) if holder else self.descriptions()
        for service, description in known.items():
            row = _kind_of(description, kind, regime)
            if row is not None:
                return {"service": service, "kind": kind, **row}
        if unknown:
            raise Away(unknown[0], "not heard of since the gateway started")
        raise Refusal("not-found", kind=kind[:80])

    def service_of(self, kind: str) -> str:
        """The name of the service that holds this kind of root; raises as `kind`."""
        return str(self.kind(kind)["service"])

    def act(self, kind: str, act: str, regime: str | None = None) -> dict[str, Any]:
        """One act's description `{service, kind, act, zh, en, clause, by, from, on, new, approval, schema, …}` under a regime.

        An act on a root is described by the root's own regime, an act that opens one by the rulebook in force (none is
        named). Raises `Refusal` not-found (with the kind's acts as facts), or as `kind`.
        """
        row = self.kind(kind, regime)
        if act not in row["acts"]:
            raise _no_such_act(kind, act, row["acts"])
        return {"service": row["service"], "kind": kind, "act": act, **row["acts"][act]}

    def service_of_act(self, kind: str, act: str) -> str:
        """The name of the service that holds this kind, when some regime of its has this act; raises as `act`."""
        service = self.service_of(kind)
        parts = regimes_of(self.describe(service))
        acts = {name for part in parts for name in part["kinds"].get(kind, {}).get("acts", {})}
        if act not in acts:
            raise _no_such_act(kind, act, acts)
        return service

    def clause(self, service: str, clause: str, regime: str | None = None) -> dict[str, Any] | None:
        """`{who, obligation, zh}` of a clause as this service has it for a regime, or None."""
        description = self.describe(service)
        own: Mapping[str, Any] = regime_of(description, regime).get("clauses") or {}
        row: dict[str, Any] | None = own.get(clause) or description.get("clauses", {}).get(clause)
        return row

    def actors(self, kind: str, regime: str | None = None) -> dict[str, dict[str, Any]]:
        """Actor → `{zh, en, public}` as the regime of a kind's service calls them; raises as `kind`."""
        actors: dict[str, dict[str, Any]] = regime_of(self.describe(self.service_of(kind)), regime).get("actors", {})
        return actors


def regimes_of(description: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a description says of each rulebook (`{rulebook, actors, approvals, kinds}`): first the one in force, then the others."""
    return [description, *description.get("regimes", {}).values()]


def regime_of(description: Mapping[str, Any], regime: str | None) -> Mapping[str, Any]:
    """What a description says of a root's own regime; of the rulebook in force where no regime is named or it is not described."""
    if regime is None or regime == (description.get("rulebook") or {}).get("name"):
        return description
    own: Mapping[str, Any] = description.get("regimes", {}).get(regime) or description
    return own


def _kind_of(description: Mapping[str, Any], kind: str, regime: str | None = None) -> Mapping[str, Any] | None:
    """A kind under a regime; a kind that this regime does not have, as the first that does."""
    parts = [regime_of(description, regime), *regimes_of(description)]
    return next((part["kinds"][kind] for part in parts if kind in part["kinds"]), None)


def _no_such_act(kind: str, act: str, acts: Iterable[str]) -> Refusal:
    return Refusal(
        "not-found", f"没有“{act[:80]}”这一行为", f"There is no act {act[:80]!r}", kind=kind, acts=sorted(acts)
    )
