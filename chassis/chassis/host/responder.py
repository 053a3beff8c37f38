"""Answering calls: nameko's queue and message form, on a connection of our own.

What differs from nameko's responder: a call without `reply_to` is run and acknowledged; an answer that cannot be
published never ends the process (the outcome is in the command table, and repeating the call returns it); an answer that
cannot be serialised and an unexpected error become the typed refusal `internal`; a call whose deadline is over is
dropped unread. It is faster: JSON is decoded and encoded once, and the answer is written without waiting for a confirm,
in one write with the acknowledgement.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import amqp
import structlog
from amqp.exceptions import ChannelError
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint, SharedExtension

from chassis.broker import CONNECTION_ERRORS, TRANSIENT, AmqpChannel, AmqpConnection, BrokerConnection
from chassis.core.errors import Refusal, invalid
from chassis.host.topology import RPC_EXCHANGE

log = structlog.get_logger(__name__)

Method = TypeVar("Method", bound=Callable[..., Any])

INTERNAL: dict[str, Any] = {"refused": Refusal("internal").to_dict()}


def encode_answer(value: Any) -> bytes:
    """The body of an answer, in nameko's envelope; a value that JSON cannot hold becomes the refusal `internal`."""
    try:
        return _json({"result": value, "error": None})
    except (TypeError, ValueError, RecursionError):
        log.exception("the answer cannot be serialised")
        return _json({"result": INTERNAL, "error": None})


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def expired(message: amqp.Message, now: float | None = None) -> bool:
    """Whether the call's deadline (header `deadline`, Unix milliseconds) is over at `now` (Unix seconds)."""
    deadline = (message.properties.get("application_headers") or {}).get("deadline")
    return isinstance(deadline, int) and (time.time() if now is None else now) * 1000 > deadline


class RpcServer(SharedExtension):  # type: ignore[misc]
    """Consumes `rpc-<service>` and answers; one in each service process."""

    def __init__(self) -> None:
        self._entrypoints: dict[str, Rpc] = {}
        self._channel: AmqpChannel | None = None
        self._reply_channel: AmqpChannel | None = None
        self._tag = ""

    def register(self, entrypoint: Rpc) -> None:
        """Make a method callable."""
        self._entrypoints[entrypoint.method_name] = entrypoint

    def setup(self) -> None:
        """Prepare the connection; the broker need not be there."""
        self._service = self.container.service_name
        self.broker = BrokerConnection(
            self.container.config["AMQP_URI"], f"{self._service}-rpc", self._on_open, self._on_lost
        )

    def start(self) -> None:
        """Begin to serve, now or as soon as the broker can be reached."""
        self.container.spawn_managed_thread(self.broker.run, identifier="rpc-connection")

    def pause(self) -> None:
        """Take no more calls; those that are running are answered."""
        channel, self._channel = self._channel, None
        if channel is not None:
            try:
                channel.basic_cancel(self._tag, nowait=True)
            except CONNECTION_ERRORS:
                log.debug("the connection was lost before consuming was stopped")

    def stop(self) -> None:
        """Close the connection."""
        self.broker.stop()

    kill = stop

    def _on_open(self, connection: AmqpConnection) -> None:
        queue = f"rpc-{self._service}"
        channel = connection.channel()
        channel.exchange_declare(RPC_EXCHANGE, "topic", durable=True, auto_delete=False)
        channel.queue_declare(queue, durable=True, auto_delete=False)
        channel.queue_bind(queue, RPC_EXCHANGE, f"{self._service}.*")
        channel.basic_qos(0, self.container.config["RPC_WORKERS"], False)
        self._reply_channel = connection.channel()
        self._reply_channel.on_fault = self._on_reply_refused
        self._channel = channel
        self._tag = channel.basic_consume(queue, callback=self._on_message)

    def _on_lost(self) -> None:
        self._channel = self._reply_channel = None

    def _on_reply_refused(self, fault: ChannelError) -> None:
        """The broker refuses to publish to a caller's `reply_to`; only that caller gets no answer."""
        log.warning("an answer was refused by the broker", reason=str(fault))
        if self._reply_channel is not None:
            self._reply_channel.reopen()

    def _on_message(self, message: amqp.Message) -> None:
        """Start one call. Runs in the reading greenlet and must not wait."""
        if expired(message):
            log.info("a call was dropped: its caller gave up", method=message.delivery_info["routing_key"])
            self._answer(message, None)
            return
        try:
            entrypoint, request = self._parse(message)
        except Refusal as refusal:
            self._answer(message, encode_answer({"refused": refusal.to_dict()}))
            return
        try:
            self.container.spawn_worker(entrypoint, (request,), {}, handle_result=partial(self._on_result, message))
        except ContainerBeingKilled:
            log.info("a call is left to another process: this one is ending")

    def _parse(self, message: amqp.Message) -> tuple[Rpc, dict[str, Any]]:
        """The method that is called and its one argument. Raises Refusal."""
        method = message.delivery_info["routing_key"].rpartition(".")[2]
        entrypoint = self._entrypoints.get(method)
        if entrypoint is None:
            raise Refusal("not-found", "没有此方法", "There is no such method", method=method)
        try:
            body = json.loads(message.body)
            (request,) = body["args"]
            if body["kwargs"]:
                raise TypeError
        except (ValueError, KeyError, TypeError):
            raise invalid("args", "须为一个对象", "one object is expected") from None
        if not isinstance(request, dict):
            raise invalid("args", "须为一个对象", "one object is expected")
        return entrypoint, request

    def _on_result(self, message: amqp.Message, worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        """Answer with what a worker returned; no error here may end the process."""
        self._answer(message, encode_answer(INTERNAL if exc_info is not None else result))
        return result, exc_info

    def _answer(self, message: amqp.Message, answer: bytes | None) -> None:
        """Publish the answer, if the caller expects one, and acknowledge the call, in one write."""
        reply_to = message.properties.get("reply_to")
        channel = self._reply_channel
        connection = message.channel.connection
        try:
            if connection is None:
                # The connection of the call is lost: the call is delivered again, but its caller may still be waiting.
                if answer is not None and reply_to and channel is not None:
                    self._publish(channel, message, reply_to, answer)
                return
            with connection.single_write():
                if answer is not None and reply_to and channel is not None:
                    self._publish(channel, message, reply_to, answer)
                message.channel.basic_ack(message.delivery_info["delivery_tag"])
        except (*CONNECTION_ERRORS, AttributeError) as fault:
            log.warning("an answer could not be published; repeating the call returns it", reason=str(fault))

    @staticmethod
    def _publish(channel: AmqpChannel, message: amqp.Message, reply_to: str, answer: bytes) -> None:
        reply = amqp.Message(
            answer,
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=TRANSIENT,
            correlation_id=message.properties.get("correlation_id"),
        )
        channel.publish(reply, RPC_EXCHANGE, reply_to)


class Rpc(Entrypoint):  # type: ignore[misc]
    """Marks a method as callable: one JSON object in, one JSON value out."""

    server = RpcServer()

    def setup(self) -> None:
        """Register with the server."""
        self.server.register(self)

    def stop(self) -> None:
        """Take no more calls."""
        self.server.pause()


rpc: Callable[[Method], Method] = Rpc.decorator
