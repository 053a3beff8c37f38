"""The relay: publishes the outbox in order per subject, with pipelined confirms and `mandatory`.

A row leaves the outbox after the broker has confirmed it. A relay that dies between the two publishes it again; the
inbox of the receivers knows it.
"""

from __future__ import annotations

from typing import Any

import amqp
import eventlet
import structlog
from eventlet.event import Event
from nameko.extensions import DependencyProvider

from chassis.broker import CONNECTION_ERRORS, PERSISTENT, AmqpConnection, BrokerConnection, ConfirmedPublisher
from chassis.host.topology import EVENTS_EXCHANGE
from chassis.host.wake_up import WakeUp

log = structlog.get_logger(__name__)

BATCH = 200
CONFIRM_SECONDS = 30.0
POLL_SECONDS = 1.0
LINGER_SECONDS = 0.01
"""How long a woken relay waits for more commits: several facts then share one claim, one flight and one deletion."""
FAULT_STEPS = (0.2, 0.5, 1.0, 2.0, 5.0)


class Relay:
    """Empties an outbox. `run` works until `stop`; `broker.run` must run beside it. `wake_up` is set after a commit."""

    def __init__(self, outbox: Any, url: str, name: str, poll: float = POLL_SECONDS) -> None:
        self.wake_up = WakeUp()
        self.broker = BrokerConnection(url, f"{name}-relay", self._opened, self._lost)
        self._outbox = outbox
        self._poll = poll
        self._stopping = False
        self._ended = Event()
        self._confirms: ConfirmedPublisher | None = None
        self._outcomes: dict[str, str | None] = {}
        self._wanted = 0
        self._confirms_wake_up = WakeUp()

    def run(self) -> None:
        """Publish what waits, whenever woken and every `poll` seconds."""
        faults = 0
        try:
            while not self._stopping:
                if self.wake_up.wait(self._poll if not faults else FAULT_STEPS[min(faults, len(FAULT_STEPS)) - 1]):
                    eventlet.sleep(LINGER_SECONDS)
                if self._confirms is None or self.broker.blocked:
                    continue
                try:
                    self._drain()
                except CONNECTION_ERRORS as fault:
                    faults += 1
                    log.warning("the relay lost the broker; the outbox keeps its rows", reason=str(fault))
                except Exception:
                    faults += 1
                    log.exception("the relay failed; the outbox keeps its rows")
                else:
                    faults = 0
        finally:
            if not self._ended.ready():
                self._ended.send(None)

    def stop(self) -> None:
        """End after the batch in hand."""
        self._stopping = True
        self.wake_up.set()
        self._ended.wait()
        self.broker.stop()

    def kill(self) -> None:
        """End at once; unconfirmed rows stay."""
        self._stopping = True
        self.broker.stop(0.1)

    def _opened(self, connection: AmqpConnection) -> None:
        self._confirms = ConfirmedPublisher(connection.channel(), self._settled)
        self.wake_up.set()

    def _lost(self) -> None:
        self._confirms = None
        self._confirms_wake_up.set()

    def _settled(self, key: str, fault: str | None) -> None:
        self._outcomes[key] = fault
        if len(self._outcomes) >= self._wanted:
            self._confirms_wake_up.set()

    def _drain(self) -> None:
        """Publish what one claim gives, batch by batch.

        After a batch that was not full the next commit or the next poll goes on.
        """
        with self._outbox.claim() as claim:
            while claim is not None and not self._stopping:
                rows = claim.batch(BATCH)
                outcomes = self._publish(rows) if rows else {}
                claim.done([row.id for row in rows if outcomes.get(row.message_id, "") is None])
                for row in rows:
                    reason = outcomes.get(row.message_id, "not confirmed in time")
                    if reason is not None:
                        log.error("a fact stays in the outbox", reason=reason, type=row.type, subject=row.subject)
                        claim.failed(row.id, reason)
                if len(rows) < BATCH:
                    return

    def _publish(self, rows: list[Any]) -> dict[str, str | None]:
        """Publish all, then wait for every confirm; return message id → None when taken, else why not.

        Raises OSError when the connection is lost.
        """
        confirms, connection = self._confirms, self.broker.connection
        if confirms is None or connection is None:
            raise OSError("the connection is down")
        self._outcomes = {}
        self._wanted = len({row.message_id for row in rows})
        with connection.single_write():
            for row in rows:
                confirms.send(_message(row), EVENTS_EXCHANGE, row.routing_key)
        while len(self._outcomes) < self._wanted:
            woken = self._confirms_wake_up.wait(CONFIRM_SECONDS)
            if self._confirms is not confirms:
                raise OSError("the connection was lost before the broker confirmed")
            if not woken:
                break
        return self._outcomes


def _message(row: Any) -> amqp.Message:
    return amqp.Message(
        row.body,
        content_type="application/cloudevents+json",
        content_encoding="utf-8",
        delivery_mode=PERSISTENT,
        message_id=row.message_id,
        type=row.type,
    )


class RelayBesideService(DependencyProvider):  # type: ignore[misc]
    """Runs the relay in the service's process, woken by every commit that leaves rows in the outbox."""

    def setup(self) -> None:
        """Prepare it, unless this process was told to leave the outbox to a relay of its own."""
        config = self.container.config
        self.relay: Relay | None = None
        if config["RELAY"]:
            self.relay = Relay(config["OFFICE"].outbox, config["AMQP_URI"], self.container.service_name)
            config["OFFICE"].on_commit.append(self.relay.wake_up.set)

    def start(self) -> None:
        """Begin to publish, now or when the broker comes."""
        if self.relay is not None:
            self.container.spawn_managed_thread(self.relay.broker.run, identifier="relay-connection")
            self.container.spawn_managed_thread(self.relay.run, identifier="relay")

    def stop(self) -> None:
        """End after the batch in hand."""
        if self.relay is not None:
            self.relay.stop()

    def kill(self) -> None:
        """End at once."""
        if self.relay is not None:
            self.relay.kill()

    def get_dependency(self, worker_ctx: Any) -> Relay | None:
        """Let the service tell how its relay is."""
        return self.relay
