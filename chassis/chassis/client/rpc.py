"""The RPC client: one connection and one exclusive reply queue in each process, shared by any number of threads.

Calls go to the exchange `nameko-rpc` with the routing key `<service>.<method>`, as `{"args": [request], "kwargs": {}}`,
and carry their deadline twice: as the message's `expiration`, so that the broker drops a call whose caller no longer
waits, and in the header `deadline` (Unix milliseconds), so that the service drops a call that it receives too late.
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
RECENT_SECONDS = 1.0
"""When a service has answered so recently, the broker is not asked first whether anybody consumes its queue."""
PROBE_SECONDS = 1.0
CONNECT_SECONDS = 5.0


class _Call:
    """One call in flight: the caller waits on the lock `done`, the reading thread releases it."""

    __slots__ = ("body", "done", "ended", "fault", "method", "service")

    def __init__(self, service: str, method: str) -> None:
        self.service, self.method = service, method
        self.done = threading.Lock()
        self.done.acquire()
        self.ended = False
        self.body: bytes | None = None
        self.fault: Exception | None = None

    def end(self, body: bytes | None = None, fault: Exception | None = None) -> None:
        """Give the caller the answer or the fault; only the first call of this has an effect."""
        if not self.ended:
            self.ended = True
            self.body, self.fault = body, fault
            self.done.release()


class _Probe:
    """A query to the broker in flight: how many consumers a queue has (None: there is no such queue)."""

    def __init__(self, queue: str) -> None:
        self.queue = queue
        self.answered = threading.Event()
        self.consumers: int | None = None

    def answer(self, consumers: int | None) -> None:
        """Give the waiting thread the number of consumers."""
        self.consumers = consumers
        self.answered.set()


class _Channels(NamedTuple):
    """What the connection offers while it is open: a publisher of calls, a channel for probes, the reply address."""

    publisher: ConfirmedPublisher
    probe_channel: AmqpChannel
    reply_to: str


class _RpcConnection:
    """What belongs to one process: the connection, and the calls and probes that are in flight on it."""

    def __init__(self, url: str, name: str, inside: bool) -> None:
        self.calls: dict[str, _Call] = {}
        self.last_answers: dict[str, float] = {}
        self.channels: _Channels | None = None
        self._name, self._inside = name, inside
        self._probes: deque[_Probe] = deque()
        self._probing = threading.Lock()
        self.broker = BrokerConnection(url, f"{name}-rpc", self._on_open, self._on_lost)
        threading.Thread(target=self.broker.run, name=f"{name}-rpc", daemon=True).start()

    def consumers(self, channels: _Channels, service: str, seconds: float) -> int | None:
        """How many processes consume a service's queue; None when there is no queue.

        Raises TimeoutError when the broker does not answer in time, one of CONNECTION_ERRORS when the connection
        breaks.
        """
        probe = _Probe(f"rpc-{service}")
        with self._probing:
            self._probes.append(probe)
            channels.probe_channel.query_queue(probe.queue)
        if not probe.answered.wait(seconds):
            raise TimeoutError
        return probe.consumers

    def _on_open(self, connection: AmqpConnection) -> None:
        """Declare the reply queue and consume answers. Runs in the reading thread."""
        token = str(uuid.uuid4())
        queue = f"rpc.reply-{self._name}-{token}" if self._inside else f"{self._name}.reply.{token}"
        reply_to = token if self._inside else queue
        channel = connection.channel()
        channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
        channel.queue_declare(queue, exclusive=True, auto_delete=True, durable=False)
        channel.queue_bind(queue, EXCHANGE, reply_to)
        channel.basic_consume(queue, no_ack=True, callback=self._on_answer)
        probe_channel = connection.channel()
        probe_channel.on_declared = self._on_declared
        probe_channel.on_fault = self._on_missing_queue
        self.channels = _Channels(ConfirmedPublisher(channel, self._on_settled), probe_channel, reply_to)

    def _on_lost(self) -> None:
        """End what was in flight: calls that were sent may have been done or not."""
        self.channels = None
        self.last_answers.clear()
        while self._probes:
            self._probes.popleft().answer(None)
        for call in list(self.calls.values()):
            call.end(fault=UnknownOutcome(call.service, call.method, "the connection to the broker was lost"))

    def _on_answer(self, message: amqp.Message) -> None:
        call = self.calls.get(message.properties.get("correlation_id", ""))
        if call is not None:
            self.last_answers[call.service] = time.monotonic()
            call.end(body=message.body)

    def _on_settled(self, key: str, fault: str | None) -> None:
        call = self.calls.get(key) if fault is not None else None
        if call is not None:
            call.end(fault=Away(call.service, fault or ""))

    def _on_declared(self, queue: str, messages: int, consumers: int) -> None:
        if self._probes:
            self._probes.popleft().answer(consumers)

    def _on_missing_queue(self, fault: ChannelError) -> None:
        """Answer the probe of a missing queue; the broker has closed the channel and dropped the later probes: repeat them."""
        channels = self.channels
        with self._probing:
            if self._probes:
                self._probes.popleft().answer(None)
            if channels is not None:
                channels.probe_channel.reopen()
                for probe in self._probes:
                    channels.probe_channel.query_queue(probe.queue)


class RpcClient:
    """Calls services; safe to share between threads. Each process, also a forked one, connects at its first call.

    `name` is the caller's: its reply queues are `<name>.reply.<id>`, or, for a service asking another (`inside=True`),
    `rpc.reply-<name>-<id>` as nameko names them.
    """

    def __init__(self, amqp_url: str, name: str = "gateway", inside: bool = False) -> None:
        self._url, self._name, self._inside = amqp_url, name, inside
        self._reset()
        weak_reset = weakref.WeakMethod(self._reset)
        os.register_at_fork(after_in_child=lambda: (reset := weak_reset()) and reset())

    def _reset(self) -> None:
        """Start without a connection. After a fork the parent's is kept referenced, so that nothing closes it here."""
        self._inherited = getattr(self, "_connection", None)
        self._connection: _RpcConnection | None = None
        self._opening = threading.Lock()
        self._numbers = itertools.count(1)

    def call(self, service: str, method: str, request: dict[str, Any], timeout: float) -> Any:
        """Ask and wait at most `timeout` seconds; return the JSON value of the answer.

        Raises `Refusal` as the service gave it; `Away` when nothing was begun (no broker, no queue, no process
        consuming it); `UnknownOutcome` when the call was sent and no answer came.
        """
        deadline = time.monotonic() + timeout
        connection, channels = self._open(service, timeout)
        self._require_consumer(connection, channels, service, deadline)
        number = str(next(self._numbers))
        call = connection.calls[number] = _Call(service, method)
        try:
            self._send(channels, self._message(channels.reply_to, number, request, deadline), service, method)
            if not call.done.acquire(timeout=max(0.0, deadline - time.monotonic())):
                raise UnknownOutcome(service, method, f"no answer within {timeout:g} s")
        finally:
            connection.calls.pop(number, None)
        if call.fault is not None:
            raise call.fault
        return self._result(call.body or b"")

    def up(self) -> bool:
        """Whether the broker can be reached now; connects when there is no connection yet."""
        try:
            self._open("", CONNECT_SECONDS)
        except Away:
            return False
        return True

    def close(self) -> None:
        """Close the connection; a later call opens another."""
        with self._opening:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.broker.stop()

    def _open(self, service: str, seconds: float) -> tuple[_RpcConnection, _Channels]:
        """The connection and its channels, waiting at most so many seconds until they are open.

        Raises Away when they are not, or when the broker blocks publishers.
        """
        connection = self._connection
        if connection is None:
            with self._opening:
                connection = self._connection = self._connection or _RpcConnection(self._url, self._name, self._inside)
        if not connection.broker.up:
            connection.broker.wait_up(min(seconds, CONNECT_SECONDS))
        channels = connection.channels
        if channels is None or not connection.broker.up:
            raise Away(service, f"no connection to the broker ({connection.broker.reason})")
        if connection.broker.blocked:
            raise Away(service, "the broker blocks publishers")
        return connection, channels

    def _require_consumer(self, connection: _RpcConnection, channels: _Channels, service: str, deadline: float) -> None:
        """Unless the service answered a moment ago, check that a process consumes its queue. Raises Away."""
        now = time.monotonic()
        if now - connection.last_answers.get(service, -RECENT_SECONDS) < RECENT_SECONDS:
            return
        try:
            consumers = connection.consumers(channels, service, min(PROBE_SECONDS, deadline - now))
        except TimeoutError:
            return
        except CONNECTION_ERRORS as fault:
            raise Away(service, f"the connection broke: {fault}") from fault
        if not consumers:
            raise Away(service, "there is no queue" if consumers is None else "no process consumes its queue")

    @staticmethod
    def _send(channels: _Channels, message: amqp.Message, service: str, method: str) -> None:
        """Publish the call.

        Raises Away when the connection breaks: the broker routes no message that it has not received whole.
        """
        try:
            channels.publisher.send(message, EXCHANGE, f"{service}.{method}")
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
    def _result(body: bytes) -> Any:
        """The value in an answer. Raises Refusal."""
        answer = json.loads(body)
        fault = answer.get("error")
        if fault:
            raise Refusal("internal", exc_type=str(fault.get("exc_type")))
        result = answer["result"]
        if isinstance(result, dict) and "refused" in result:
            raise Refusal.from_dict(result["refused"])
        return result["ok"]
