"""One line to the broker: a py-amqp connection that is read in one place, written from many, and comes back by itself.

Written with plain sockets and threads: under eventlet's monkey patch the same code runs in greenlets. The host and the
client both stand on it.
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

STEPS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds between two attempts to connect; the last one repeats."""
TICK = 5.0
"""Seconds a read may wait before the heartbeat is looked at."""
HEARTBEAT = 20
"""Seconds; a peer silent for twice as long is given up."""
CONNECT_SECONDS = 5.0
CLOSE_SECONDS = 1.0
CHUNK = 16384
PERSISTENT = 2
TRANSIENT = 1
FAULTS = (AMQPError, OSError)
"""What a broken line raises."""


class _Transport(TCPTransport):  # type: ignore[misc]
    """Reads in chunks instead of frame by frame, and can hold writes back to send several frames at once."""

    held: list[bytes] | None = None

    def _setup_transport(self) -> None:
        super()._setup_transport()
        self._quick_recv = lambda wanted: self.sock.recv(max(wanted, CHUNK))
        self._write = self._hold_or_send

    def _hold_or_send(self, data: bytes) -> None:
        if self.held is None:
            self.sock.sendall(data)
        else:
            self.held.append(bytes(data))


class Channel(amqp.Channel):  # type: ignore[misc]
    """A channel whose bodies stay bytes.

    When the broker closes it, the line ends; with `on_fault` that is called instead, and must `reopen` it.
    `on_declared` hears the answers to `ask_for`: queue, messages, consumers.
    """

    on_fault: Callable[[ChannelError], None] | None = None
    on_declared: Callable[[str, int, int], None] | None = None

    def __init__(self, connection: Any, channel_id: int | None = None, auto_decode: bool = False, on_open: Any = None):
        super().__init__(connection, channel_id, auto_decode=auto_decode, on_open=on_open)

    def _setup_listeners(self) -> None:
        super()._setup_listeners()
        self._callbacks[spec.Queue.DeclareOk] = self._declared

    def _declared(self, queue: str, messages: int, consumers: int) -> None:
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

    def ask_for(self, queue: str) -> None:
        """Ask how many messages and consumers a queue has; `on_declared` hears it, `on_fault` that there is none."""
        self.send_method(spec.Queue.Declare, "BsbbbbbF", (0, queue, True, False, False, False, False, {}))


class Connection(amqp.Connection):  # type: ignore[misc]
    """A connection made of our transport and channels."""

    Channel = Channel
    blocked = False

    def Transport(self, host: str, connect_timeout: float | None, ssl: Any = False, *args: Any, **options: Any) -> Any:
        """Return the socket's owner, plain or TLS."""
        kind = SSLTransport if ssl else _Transport
        given = {"ssl": ssl} if ssl else {}
        return kind(host, connect_timeout=connect_timeout, socket_settings=self.socket_settings, **given)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send the frames of this block in one write. Nothing in the block may wait for the broker."""
        transport = self._transport
        if not isinstance(transport, _Transport) or transport.held is not None:
            yield
            return
        transport.held = []
        try:
            yield
        finally:
            held, transport.held = transport.held, None
            if held:
                transport.write(b"".join(held))


def connect(url: str, name: str, heartbeat: int = HEARTBEAT) -> Connection:
    """Open a connection to `amqp://user:password@host:port/vhost` (or `amqps://`); the broker lists it under `name`.

    Raises one of FAULTS.
    """
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    secure = parts.scheme == "amqps"
    path = unquote(parts.path[1:])
    connection = Connection(
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
    connection.sock.settimeout(TICK)
    return connection


class Line:
    """Keeps one connection open: `run` reads it until `stop`, and connects again after a fault, with short first steps.

    `opened(connection)` declares and consumes after each connect, in the reading thread; `lost()` is told after each
    loss of a connection that was open. `up` says whether the line stands, `failed` that the last attempt did not
    succeed.
    """

    def __init__(
        self,
        url: str,
        name: str,
        opened: Callable[[Connection], None],
        lost: Callable[[], None] = lambda: None,
        heartbeat: int = HEARTBEAT,
    ) -> None:
        self.name = name
        self.up = False
        self.failed = False
        self.reason = "not connected yet"
        self.connection: Connection | None = None
        self._url = url
        self._opened = opened
        self._lost = lost
        self._heartbeat = heartbeat
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._changed = threading.Condition()

    @property
    def blocked(self) -> bool:
        """Whether the broker has asked publishers to wait (memory or disk alarm)."""
        connection = self.connection
        return connection is not None and connection.blocked

    def wait_up(self, seconds: float) -> bool:
        """Wait until the line stands or an attempt has failed; return whether it stands."""
        with self._changed:
            self._changed.wait_for(lambda: self.up or self.failed, seconds)
        return self.up

    def run(self) -> None:
        """Hold the line until `stop`."""
        step = 0
        try:
            while not self._stopping.is_set():
                since = time.monotonic()
                self._once()
                step = 0 if time.monotonic() - since > STEPS[-1] else min(step + 1, len(STEPS) - 1)
                self._stopping.wait(STEPS[step])
        finally:
            self._ended.set()

    def stop(self, seconds: float = CLOSE_SECONDS) -> None:
        """Close the line politely, then at once; return when the reader has ended or the time is over."""
        self._stopping.set()
        connection = self.connection
        if connection is None:
            return
        try:
            connection.send_method(spec.Connection.Close, "BsBB", (0, "", 0, 0))
            self._ended.wait(seconds)
        except (*FAULTS, AttributeError):
            log.debug("line %s was gone before it was closed", self.name)
        transport = connection._transport
        if not self._ended.is_set() and transport is not None and transport.sock is not None:
            try:
                transport.sock.shutdown(SHUT_RDWR)
            except OSError:
                log.debug("line %s was shut already", self.name)

    def _once(self) -> None:
        """Connect, open and read until something breaks."""
        connection = None
        try:
            connection = connect(self._url, self.name, self._heartbeat)
            self.connection = connection
            self._opened(connection)
            self._tell(up=True)
            log.info("line %s is open", self.name)
            self._read(connection)
        except FAULTS as fault:
            self.reason = f"{type(fault).__name__}: {fault}"
            if not self._stopping.is_set() and not self.failed:
                log.warning("line %s is down: %s", self.name, self.reason)
        except Exception as fault:  # whatever a callback did: a line that stays down would silence the whole process
            self.reason = f"{type(fault).__name__}: {fault}"
            log.exception("line %s broke", self.name)
        finally:
            stood = self.up
            self.connection = None
            self._tell(up=False, failed=not stood)
            if connection is not None:
                connection.collect()
            if stood:
                self._lost()

    def _tell(self, up: bool, failed: bool = False) -> None:
        with self._changed:
            self.up, self.failed = up, failed
            self._changed.notify_all()

    def _read(self, connection: Connection) -> None:
        """Dispatch what arrives; keep the heartbeat."""
        due = time.monotonic()
        while connection.connected:
            try:
                connection.blocking_read(TICK)
            except TimeoutError:
                log.debug("line %s is quiet", self.name)
            now = time.monotonic()
            if now >= due and connection.connected:
                connection.heartbeat_tick()
                due = now + min(TICK, self._heartbeat / 4)


class Confirms:
    """Publishing with confirms on one channel: every message ends as taken, returned (no queue) or refused.

    `settled(key, fault)` hears the end of each, with `fault` None when it was taken; it runs in the reading thread and
    must not wait. What is in flight when the line is lost is never settled: the owner drops this object and knows its
    own keys.
    `key` is the message's correlation id or, where it has none, its message id.
    """

    def __init__(self, channel: Channel, settled: Callable[[str, str | None], None]) -> None:
        self._channel = channel
        self._settled = settled
        self._lock = threading.Lock()
        self._tag = 0
        self._flying: dict[int, str] = {}
        self._returned: dict[str, str] = {}
        channel.confirm_select()
        channel.events["basic_ack"].add(self._acked)
        channel.events["basic_nack"].add(self._nacked)
        channel.events["basic_return"].add(self._came_back)

    def send(self, message: amqp.Message, exchange: str, routing_key: str) -> None:
        """Publish with `mandatory`. Raises one of FAULTS when the line is gone."""
        with self._lock:
            self._tag += 1
            self._flying[self._tag] = _key(message.properties)
            self._channel.publish(message, exchange, routing_key, mandatory=True)

    def _came_back(self, reason: ChannelError, exchange: str, routing_key: str, message: Any) -> None:
        self._returned[_key(message.properties)] = f"returned: no queue for {routing_key}"

    def _acked(self, tag: int, multiple: bool) -> None:
        for key in self._landed(tag, multiple):
            self._settled(key, self._returned.pop(key, None) if self._returned else None)

    def _nacked(self, tag: int, multiple: bool) -> None:
        for key in self._landed(tag, multiple):
            self._returned.pop(key, None)
            self._settled(key, "refused by the broker")

    def _landed(self, tag: int, multiple: bool) -> list[str]:
        if not multiple:
            key = self._flying.pop(tag, None)
            return [] if key is None else [key]
        tags = [flying for flying in list(self._flying) if flying <= tag]
        return [self._flying.pop(flying) for flying in tags]


def _key(properties: dict[str, Any]) -> str:
    return str(properties.get("correlation_id") or properties["message_id"])
