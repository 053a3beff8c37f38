"""The RPC client: one connection and one exclusive reply queue a process, shared by any number of threads.

Calls go to the exchange `nameko-rpc` with the routing key `<service>.<method>`, as `{"args": [request], "kwargs": {}}`,
and carry their deadline twice: as the message's `expiration`, so that the broker drops what nobody waits for, and in
the header `deadline` (Unix milliseconds), so that the service drops what it picked up too late.
"""

from __future__ import annotations

import itertools
import json
import os
import threading
import time
import uuid
import weakref
from collections import deque
from typing import Any, NamedTuple

import amqp
from amqp.exceptions import ChannelError

from chassis.broker import (
    CONNECTION_ERRORS,
    TRANSIENT,
    AmqpChannel,
    AmqpConnection,
    BrokerConnection,
    ConfirmedPublisher,
)
from chassis.client.errors import Away, UnknownOutcome
from chassis.core.errors import Refusal

EXCHANGE = "nameko-rpc"
HEARD_SECONDS = 1.0
"""A service that answered so recently is not asked first whether anybody consumes its queue."""
PROBE_SECONDS = 1.0
CONNECT_SECONDS = 5.0


class _Call:
    """One call in flight: the caller waits on `done`, the reading thread opens it."""

    __slots__ = ("body", "done", "ended", "fault", "method", "service")

    def __init__(self, service: str, method: str) -> None:
        self.service, self.method = service, method
        self.done = threading.Lock()
        self.done.acquire()
        self.ended = False
        self.body: bytes | None = None
        self.fault: Exception | None = None

    def end(self, body: bytes | None = None, fault: Exception | None = None) -> None:
        """Let the caller go on; only the first end counts."""
        if not self.ended:
            self.ended = True
            self.body, self.fault = body, fault
            self.done.release()


class _Probe:
    """A question to the broker in flight: how many consumers a queue has (None: there is no such queue)."""

    def __init__(self, queue: str) -> None:
        self.queue = queue
        self.answered = threading.Event()
        self.consumers: int | None = None

    def answer(self, consumers: int | None) -> None:
        self.consumers = consumers
        self.answered.set()


class _Standing(NamedTuple):
    """What the connection offers while it is open."""

    confirms: ConfirmedPublisher
    prober: AmqpChannel
    reply_to: str


class _Wire:
    """What belongs to one process: the connection, and what is in flight on it."""

    def __init__(self, url: str, name: str, inside: bool) -> None:
        self.calls: dict[str, _Call] = {}
        self.heard: dict[str, float] = {}
        self.standing: _Standing | None = None
        self._name, self._inside = name, inside
        self._probes: deque[_Probe] = deque()
        self._probing = threading.Lock()
        self.broker = BrokerConnection(url, f"{name}-rpc", self._opened, self._lost)
        threading.Thread(target=self.broker.run, name=f"{name}-rpc", daemon=True).start()

    def consumers(self, standing: _Standing, service: str, seconds: float) -> int | None:
        """How many processes consume a service's queue; None when there is no queue.

        Raises TimeoutError when the broker does not say in time, one of CONNECTION_ERRORS when the connection breaks.
        """
        probe = _Probe(f"rpc-{service}")
        with self._probing:
            self._probes.append(probe)
            standing.prober.query_queue(probe.queue)
        if not probe.answered.wait(seconds):
            raise TimeoutError
        return probe.consumers

    def _opened(self, connection: AmqpConnection) -> None:
        """Declare the reply queue and take answers. Runs in the reading thread."""
        token = str(uuid.uuid4())
        queue = f"rpc.reply-{self._name}-{token}" if self._inside else f"{self._name}.reply.{token}"
        reply_to = token if self._inside else queue
        channel = connection.channel()
        channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
        channel.queue_declare(queue, exclusive=True, auto_delete=True, durable=False)
        channel.queue_bind(queue, EXCHANGE, reply_to)
        channel.basic_consume(queue, no_ack=True, callback=self._answered)
        prober = connection.channel()
        prober.on_declared = self._declared
        prober.on_fault = self._no_such_queue
        self.standing = _Standing(ConfirmedPublisher(channel, self._settled), prober, reply_to)

    def _lost(self) -> None:
        """End what was in flight: sent calls may or may not have been done."""
        self.standing = None
        self.heard.clear()
        while self._probes:
            self._probes.popleft().answer(None)
        for call in list(self.calls.values()):
            call.end(fault=UnknownOutcome(call.service, call.method, "the connection to the broker was lost"))

    def _answered(self, message: Any) -> None:
        call = self.calls.get(message.properties.get("correlation_id", ""))
        if call is not None:
            self.heard[call.service] = time.monotonic()
            call.end(body=message.body)

    def _settled(self, key: str, fault: str | None) -> None:
        call = self.calls.get(key) if fault is not None else None
        if call is not None:
            call.end(fault=Away(call.service, fault or ""))

    def _declared(self, queue: str, messages: int, consumers: int) -> None:
        if self._probes:
            self._probes.popleft().answer(consumers)

    def _no_such_queue(self, fault: ChannelError) -> None:
        """The broker closes the channel and forgets what was asked after; those are asked again."""
        standing = self.standing
        with self._probing:
            if self._probes:
                self._probes.popleft().answer(None)
            if standing is not None:
                standing.prober.reopen()
                for probe in self._probes:
                    standing.prober.query_queue(probe.queue)


class RpcClient:
    """Calls services; safe to share between threads, opened lazily in each process (also after a fork).

    `name` is the caller's: its reply queues are `<name>.reply.<id>`, or, for a service asking another (`inside=True`),
    `rpc.reply-<name>-<id>` as nameko names them.
    """

    def __init__(self, amqp_url: str, name: str = "gateway", inside: bool = False) -> None:
        self._url, self._name, self._inside = amqp_url, name, inside
        self._reset()
        mine = weakref.WeakMethod(self._reset)
        os.register_at_fork(after_in_child=lambda: (again := mine()) and again())

    def _reset(self) -> None:
        """Forget the wire; after a fork the parent's stays the parent's, and is kept from being closed here."""
        self._inherited = getattr(self, "_wire", None)
        self._wire: _Wire | None = None
        self._opening = threading.Lock()
        self._numbers = itertools.count(1)

    def call(self, service: str, method: str, request: dict[str, Any], timeout: float) -> Any:
        """Ask and wait at most `timeout` seconds; return the JSON value of the answer.

        Raises `Refusal` as the service gave it; `Away` when nothing was begun (no broker, no queue, no process
        consuming it); `UnknownOutcome` when the call was sent and no answer came.
        """
        deadline = time.monotonic() + timeout
        wire, standing = self._stand(service, timeout)
        self._look(wire, standing, service, deadline)
        number = str(next(self._numbers))
        call = wire.calls[number] = _Call(service, method)
        try:
            self._send(standing, self._message(standing.reply_to, number, request, deadline), service, method)
            if not call.done.acquire(timeout=max(0.0, deadline - time.monotonic())):
                raise UnknownOutcome(service, method, f"no answer within {timeout:g} s")
        finally:
            wire.calls.pop(number, None)
        if call.fault is not None:
            raise call.fault
        return self._value(call.body or b"")

    def up(self) -> bool:
        """Whether the broker can be reached now; opens the connection when there is none yet."""
        try:
            self._stand("", CONNECT_SECONDS)
        except Away:
            return False
        return True

    def close(self) -> None:
        """Close the connection; a later call opens another."""
        with self._opening:
            wire, self._wire = self._wire, None
        if wire is not None:
            wire.broker.stop()

    def _stand(self, service: str, seconds: float) -> tuple[_Wire, _Standing]:
        """Return the wire, standing. Raises Away when the last attempt to connect failed or the broker is full."""
        wire = self._wire
        if wire is None:
            with self._opening:
                wire = self._wire = self._wire or _Wire(self._url, self._name, self._inside)
        if not wire.broker.up:
            wire.broker.wait_up(min(seconds, CONNECT_SECONDS))
        standing = wire.standing
        if standing is None or not wire.broker.up:
            raise Away(service, f"no connection to the broker ({wire.broker.reason})")
        if wire.broker.blocked:
            raise Away(service, "the broker blocks publishers")
        return wire, standing

    def _look(self, wire: _Wire, standing: _Standing, service: str, deadline: float) -> None:
        """Unless the service was heard a moment ago, see that somebody consumes its queue. Raises Away."""
        now = time.monotonic()
        if now - wire.heard.get(service, -HEARD_SECONDS) < HEARD_SECONDS:
            return
        try:
            consumers = wire.consumers(standing, service, min(PROBE_SECONDS, deadline - now))
        except TimeoutError:
            return
        except CONNECTION_ERRORS as fault:
            raise Away(service, f"the connection broke: {fault}") from fault
        if not consumers:
            raise Away(service, "there is no queue" if consumers is None else "no process consumes its queue")

    @staticmethod
    def _send(standing: _Standing, message: amqp.Message, service: str, method: str) -> None:
        """Publish the call. Raises Away when the connection breaks: the broker routes no message that it has not got whole."""
        try:
            standing.confirms.send(message, EXCHANGE, f"{service}.{method}")
        except CONNECTION_ERRORS as fault:
            raise Away(service, f"the connection broke while sending: {fault}") from fault

    @staticmethod
    def _message(reply_to: str, number: str, request: dict[str, Any], deadline: float) -> amqp.Message:
        left = max(1, int((deadline - time.monotonic()) * 1000))
        return amqp.Message(
            json.dumps({"args": [request], "kwargs": {}}, ensure_ascii=False, separators=(",", ":")).encode(),
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=TRANSIENT,
            correlation_id=number,
            reply_to=reply_to,
            expiration=str(left),
            application_headers={"deadline": int(time.time() * 1000) + left},
        )

    @staticmethod
    def _value(body: bytes) -> Any:
        """Take the answer apart. Raises Refusal."""
        answer = json.loads(body)
        fault = answer.get("error")
        if fault:
            raise Refusal("internal", exc_type=str(fault.get("exc_type")))
        result = answer["result"]
        if isinstance(result, dict) and "refused" in result:
            raise Refusal.from_dict(result["refused"])
        return result["ok"]
