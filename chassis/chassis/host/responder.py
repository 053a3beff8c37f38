"""Answering calls: nameko's queue and message form, on a connection of our own.

What differs from nameko's responder: a call without `reply_to` is run and acknowledged; an answer that cannot be
published never ends the process (the outcome is in the command table, a repeat gets it); what cannot be serialised and
what goes wrong unexpectedly become the typed refusal `internal`; a call whose caller gave up is dropped at pick-up. And
it is quicker: JSON is decoded and encoded once, the answer is written without waiting for a confirm, together with the
acknowledgement.
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


def encoded(value: Any) -> bytes:
    """The answer as it travels, in nameko's envelope; what JSON cannot say becomes the refusal `internal`."""
    try:
        return _json({"result": value, "error": None})
    except (TypeError, ValueError, RecursionError):
        log.exception("the answer cannot be serialised")
        return _json({"result": INTERNAL, "error": None})


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def expired(message: Any, now: float | None = None) -> bool:
    """Whether the caller has given up: the header `deadline` is Unix milliseconds."""
    deadline = (message.properties.get("application_headers") or {}).get("deadline")
    return isinstance(deadline, int) and (time.time() if now is None else now) * 1000 > deadline


class RpcServer(SharedExtension):  # type: ignore[misc]
    """Consumes `rpc-<service>` and answers; one a service process."""

    def __init__(self) -> None:
        self._entrypoints: dict[str, Rpc] = {}
        self._channel: AmqpChannel | None = None
        self._replies: AmqpChannel | None = None
        self._tag = ""

    def register(self, entrypoint: Rpc) -> None:
        """Let a method be called."""
        self._entrypoints[entrypoint.method_name] = entrypoint

    def setup(self) -> None:
        """Prepare the connection; the broker need not be there."""
        self._service = self.container.service_name
        self.broker = BrokerConnection(
            self.container.config["AMQP_URI"], f"{self._service}-rpc", self._opened, self._lost
        )

    def start(self) -> None:
        """Begin to serve, now or when the broker comes."""
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

    def _opened(self, connection: AmqpConnection) -> None:
        queue = f"rpc-{self._service}"
        channel = connection.channel()
        channel.exchange_declare(RPC_EXCHANGE, "topic", durable=True, auto_delete=False)
        channel.queue_declare(queue, durable=True, auto_delete=False)
        channel.queue_bind(queue, RPC_EXCHANGE, f"{self._service}.*")
        channel.basic_qos(0, self.container.config["RPC_WORKERS"], False)
        self._replies = connection.channel()
        self._replies.on_fault = self._reply_refused
        self._channel = channel
        self._tag = channel.basic_consume(queue, callback=self._received)

    def _lost(self) -> None:
        self._channel = self._replies = None

    def _reply_refused(self, fault: ChannelError) -> None:
        """Somebody asked for an answer to where we may not write: their loss alone."""
        log.warning("an answer was refused by the broker", reason=str(fault))
        if self._replies is not None:
            self._replies.reopen()

    def _received(self, message: Any) -> None:
        """Pick up one call. Runs in the reading greenlet: must not wait."""
        if expired(message):
            log.info("a call was dropped: its caller gave up", method=message.delivery_info["routing_key"])
            self._finish(message, None)
            return
        try:
            entrypoint, request = self._understood(message)
        except Refusal as refusal:
            self._finish(message, encoded({"refused": refusal.to_dict()}))
            return
        try:
            self.container.spawn_worker(entrypoint, (request,), {}, handle_result=partial(self._done, message))
        except ContainerBeingKilled:
            log.info("a call is left to another process: this one is ending")

    def _understood(self, message: Any) -> tuple[Rpc, dict[str, Any]]:
        """Find the method and the one request. Raises Refusal."""
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

    def _done(self, message: Any, worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        """Answer what a worker returned; nothing that happens here may end the process."""
        self._finish(message, encoded(INTERNAL if exc_info is not None else result))
        return result, exc_info

    def _finish(self, message: Any, answer: bytes | None) -> None:
        """Publish the answer, if anybody wants one, and acknowledge, in one write."""
        reply_to = message.properties.get("reply_to")
        replies = self._replies
        connection = message.channel.connection
        try:
            if (
                connection is None
            ):  # the connection the call came on is lost: it is delivered again; its caller may still be answered on the new one
                if answer is not None and reply_to and replies is not None:
                    self._publish(replies, message, reply_to, answer)
                return
            with connection.single_write():
                if answer is not None and reply_to and replies is not None:
                    self._publish(replies, message, reply_to, answer)
                message.channel.basic_ack(message.delivery_info["delivery_tag"])
        except (*CONNECTION_ERRORS, AttributeError) as fault:
            log.warning("an answer could not be published; a repeat will get it", reason=str(fault))

    @staticmethod
    def _publish(replies: AmqpChannel, message: Any, reply_to: str, answer: bytes) -> None:
        reply = amqp.Message(
            answer,
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=TRANSIENT,
            correlation_id=message.properties.get("correlation_id"),
        )
        replies.publish(reply, RPC_EXCHANGE, reply_to)


class Rpc(Entrypoint):  # type: ignore[misc]
    """Marks a method as callable: one JSON object in, one JSON value out."""

    server = RpcServer()

    def setup(self) -> None:
        """Be known to the server."""
        self.server.register(self)

    def stop(self) -> None:
        """Take no more calls."""
        self.server.pause()


rpc: Callable[[Method], Method] = Rpc.decorator
