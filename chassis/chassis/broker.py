"""Connections to the broker: py-amqp with one reading thread, any number of writing threads, and reconnection.

Written with plain sockets and threads: under eventlet's monkey patch the same code runs in greenlets. The host and the
client both use it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import SHUT_RDWR
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp
from amqp import spec
from amqp.exceptions import AMQPError, ChannelError, error_for_code
from amqp.transport import SSLTransport, TCPTransport

log = logging.getLogger(__name__)

RECONNECT_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds between two attempts to connect; the last one repeats."""
READ_SECONDS = 5.0
"""Seconds a read may wait before the heartbeat is checked."""
HEARTBEAT_SECONDS = 20
"""A peer silent for twice as long is given up."""
CONNECT_SECONDS = 5.0
CLOSE_SECONDS = 1.0
READ_BYTES = 16384
PERSISTENT = 2
TRANSIENT = 1
CONNECTION_ERRORS = (AMQPError, OSError)
"""What a broken connection raises."""


class _BufferingTransport(TCPTransport):  # type: ignore[misc]
    """Reads in chunks instead of frame by frame, and can buffer writes to send several frames at once."""

    buffer: list[bytes] | None = None

    def _setup_transport(self) -> None:
        super()._setup_transport()
        self._quick_recv = lambda size: self.sock.recv(max(size, READ_BYTES))
        self._write = self._buffer_or_send

    def _buffer_or_send(self, data: bytes) -> None:
        if self.buffer is None:
            self.sock.sendall(data)
        else:
            self.buffer.append(bytes(data))


class AmqpChannel(amqp.Channel):  # type: ignore[misc]
    """A channel whose bodies stay bytes.

    When the broker closes it, the connection ends; with `on_fault` that is called instead, and must `reopen` it.
    `on_declared` receives the answers to `query_queue`: queue, messages, consumers.
    """

    on_fault: Callable[[ChannelError], None] | None = None
    on_declared: Callable[[str, int, int], None] | None = None

    def __init__(
        self,
        connection: AmqpConnection,
        channel_id: int | None = None,
        auto_decode: bool = False,
        on_open: Callable[..., None] | None = None,
    ) -> None:
        super().__init__(connection, channel_id, auto_decode=auto_decode, on_open=on_open)

    def _setup_listeners(self) -> None:
        super()._setup_listeners()
        self._callbacks[spec.Queue.DeclareOk] = self._on_declare_ok

    def _on_declare_ok(self, queue: str, messages: int, consumers: int) -> None:
        if self.on_declared is not None:
            self.on_declared(queue, messages, consumers)

    def _on_close(self, reply_code: int, reply_text: str, class_id: int, method_id: int) -> None:
        if self.on_fault is None:
            super()._on_close(reply_code, reply_text, class_id, method_id)
        else:
            self.on_fault(error_for_code(reply_code, reply_text, (class_id, method_id), ChannelError))

    def reopen(self) -> None:
        """Agree to the broker's closing of this channel and open it again; nothing may be written to it meanwhile."""
        self.send_method(spec.Channel.CloseOk)
        self._do_revive()

    def publish(self, message: amqp.Message, exchange: str, routing_key: str, mandatory: bool = False) -> None:
        """Write one publish; unlike `basic_publish` it never reads, so any thread may call it."""
        self.send_method(spec.Basic.Publish, "Bssbb", (0, exchange, routing_key, mandatory, False), message)

    def query_queue(self, queue: str) -> None:
        """Ask how many messages and consumers a queue has.

        The answer goes to `on_declared`; when there is no such queue, `on_fault` is called.
        """
        self.send_method(spec.Queue.Declare, "BsbbbbbF", (0, queue, True, False, False, False, False, {}))


class AmqpConnection(amqp.Connection):  # type: ignore[misc]
    """A connection made of our transport and channels."""

    Channel = AmqpChannel
    blocked = False

    def Transport(self, host: str, connect_timeout: float | None, ssl: Any = False, *args: Any, **options: Any) -> Any:
        """Return the socket's owner, plain or TLS."""
        transport_class = SSLTransport if ssl else _BufferingTransport
        tls_options = {"ssl": ssl} if ssl else {}
        return transport_class(
            host, connect_timeout=connect_timeout, socket_settings=self.socket_settings, **tls_options
        )

    @contextmanager
    def single_write(self) -> Iterator[None]:
        """Send the frames of this block in one write. Nothing in the block may wait for the broker."""
        transport = self._transport
        if not isinstance(transport, _BufferingTransport) or transport.buffer is not None:
            yield
            return
        transport.buffer = []
        try:
            yield
        finally:
            frames, transport.buffer = transport.buffer, None
            if frames:
                transport.write(b"".join(frames))


def connect(url: str, name: str, heartbeat: int = HEARTBEAT_SECONDS) -> AmqpConnection:
    """Open a connection to `amqp://user:password@host:port/vhost` (or `amqps://`); the broker lists it under `name`.

    `heartbeat` in seconds. Raises one of CONNECTION_ERRORS.
    """
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    secure = parts.scheme == "amqps"
    path = unquote(parts.path[1:])
    connection = AmqpConnection(
        host=f"{host}:{parts.port or (5671 if secure else 5672)}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        login_method="PLAIN",
        virtual_host=path or "/",
        ssl={"context": {"check_hostname": True}, "server_hostname": host} if secure else False,
        connect_timeout=CONNECT_SECONDS,
        heartbeat=heartbeat,
        client_properties={"connection_name": name},
    )
    connection.on_blocked = lambda reason: setattr(connection, "blocked", True)
    connection.on_unblocked = lambda: setattr(connection, "blocked", False)
    try:
        connection.connect()
    except BaseException:
        connection.collect()
        raise
    connection.sock.settimeout(READ_SECONDS)
    return connection


class BrokerConnection:
    """A connection that restores itself: `run` connects and reads until `stop`, and connects again after a failure.

    `on_open(connection)` declares and consumes after each connect, in the reading thread; `on_lost()` is called after
    each loss of a connection that was open. `up` says whether the connection is open, `failed` that the last attempt
    to connect did not succeed, `reason` why the connection was last down.
    """

    def __init__(
        self,
        url: str,
        name: str,
        on_open: Callable[[AmqpConnection], None],
        on_lost: Callable[[], None] = lambda: None,
        heartbeat: int = HEARTBEAT_SECONDS,
    ) -> None:
        self.name = name
        self.up = False
        self.failed = False
        self.reason = "not connected yet"
        self.connection: AmqpConnection | None = None
        self._url = url
        self._on_open = on_open
        self._on_lost = on_lost
        self._heartbeat = heartbeat
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._state_changed = threading.Condition()

    @property
    def blocked(self) -> bool:
        """Whether the broker has asked publishers to wait (memory or disk alarm)."""
        connection = self.connection
        return connection is not None and connection.blocked

    def wait_up(self, seconds: float) -> bool:
        """Wait until the connection is open or an attempt has failed; return whether it is open."""
        with self._state_changed:
            self._state_changed.wait_for(lambda: self.up or self.failed, seconds)
        return self.up

    def run(self) -> None:
        """Keep the connection open until `stop`."""
        step = 0
        try:
            while not self._stopping.is_set():
                since = time.monotonic()
                self._connect_and_read()
                lasted = time.monotonic() - since > RECONNECT_SECONDS[-1]
                step = 0 if lasted else min(step + 1, len(RECONNECT_SECONDS) - 1)
                self._stopping.wait(RECONNECT_SECONDS[step])
        finally:
            self._ended.set()

    def stop(self, seconds: float = CLOSE_SECONDS) -> None:
        """Close the connection by the protocol and wait so long for the reading thread, then close the socket."""
        self._stopping.set()
        connection = self.connection
        if connection is None:
            return
        try:
            connection.send_method(spec.Connection.Close, "BsBB", (0, "", 0, 0))
            self._ended.wait(seconds)
        except (*CONNECTION_ERRORS, AttributeError):
            log.debug("connection %s was lost before it was closed", self.name)
        transport = connection._transport
        if not self._ended.is_set() and transport is not None and transport.sock is not None:
            try:
                transport.sock.shutdown(SHUT_RDWR)
            except OSError:
                log.debug("connection %s was closed already", self.name)

    def _connect_and_read(self) -> None:
        """Connect, call `on_open`, and read until something fails."""
        connection = None
        try:
            connection = connect(self._url, self.name, self._heartbeat)
            self.connection = connection
            self._on_open(connection)
            self._set_state(up=True)
            log.info("connection %s is open", self.name)
            self._read(connection)
        except CONNECTION_ERRORS as fault:
            self.reason = f"{type(fault).__name__}: {fault}"
            if not self._stopping.is_set() and not self.failed:
                log.warning("connection %s is down: %s", self.name, self.reason)
        except Exception as fault:  # raised by a callback; without another attempt the process would stay unreachable
            self.reason = f"{type(fault).__name__}: {fault}"
            log.exception("connection %s ended by an unexpected error", self.name)
        finally:
            was_up = self.up
            self.connection = None
            self._set_state(up=False, failed=not was_up)
            if connection is not None:
                connection.collect()
            if was_up:
                self._on_lost()

    def _set_state(self, up: bool, failed: bool = False) -> None:
        with self._state_changed:
            self.up, self.failed = up, failed
            self._state_changed.notify_all()

    def _read(self, connection: AmqpConnection) -> None:
        """Dispatch what arrives; send and check heartbeats."""
        due = time.monotonic()
        while connection.connected:
            try:
                connection.blocking_read(READ_SECONDS)
            except TimeoutError:
                log.debug("connection %s: nothing to read", self.name)
            now = time.monotonic()
            if now >= due and connection.connected:
                connection.heartbeat_tick()
                due = now + min(READ_SECONDS, self._heartbeat / 4)


class ConfirmedPublisher:
    """Publishes with publisher confirms on one channel: every message ends as confirmed, returned (no queue) or refused.

    `on_settled(key, fault)` is called at the end of each, with `fault` None when the broker has confirmed it; it runs
    in the reading thread and must not wait. What is in flight when the connection is lost is never settled: the owner
    drops this object and knows its own keys.
    `key` is the message's correlation id or, where it has none, its message id.
    """

    def __init__(self, channel: AmqpChannel, on_settled: Callable[[str, str | None], None]) -> None:
        self._channel = channel
        self._on_settled = on_settled
        self._lock = threading.Lock()
        self._tag = 0
        self._in_flight: dict[int, str] = {}
        self._returned: dict[str, str] = {}
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)

    def send(self, message: amqp.Message, exchange: str, routing_key: str) -> None:
        """Publish with `mandatory`. Raises one of CONNECTION_ERRORS when the connection is lost."""
        with self._lock:
            self._tag += 1
            self._in_flight[self._tag] = _key(message.properties)
            self._channel.publish(message, exchange, routing_key, mandatory=True)

    def _on_return(self, reason: ChannelError, exchange: str, routing_key: str, message: amqp.Message) -> None:
        self._returned[_key(message.properties)] = f"returned: no queue for {routing_key}"

    def _on_ack(self, tag: int, multiple: bool) -> None:
        for key in self._take_keys(tag, multiple):
            self._on_settled(key, self._returned.pop(key, None) if self._returned else None)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        for key in self._take_keys(tag, multiple):
            self._returned.pop(key, None)
            self._on_settled(key, "refused by the broker")

    def _take_keys(self, tag: int, multiple: bool) -> list[str]:
        """Remove what the broker settles with this tag from what is in flight; return the keys."""
        if not multiple:
            key = self._in_flight.pop(tag, None)
            return [] if key is None else [key]
        tags = [sent for sent in list(self._in_flight) if sent <= tag]
        return [self._in_flight.pop(sent) for sent in tags]


def _key(properties: dict[str, Any]) -> str:
    return str(properties.get("correlation_id") or properties["message_id"])
