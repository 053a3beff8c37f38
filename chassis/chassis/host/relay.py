"""The relay: publishes the outbox in order per subject, with pipelined confirms and `mandatory`.

A row is deleted from the outbox after the broker has confirmed it. When the process is killed between the two, the row
is published again, and the inbox of the receivers skips the repeat.
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
"""How long a woken relay waits for more commits: several facts then share one claim, one batch and one deletion."""
FAULT_STEPS = (0.2, 0.5, 1.0, 2.0, 5.0)


class Relay:
    """Publishes the facts of an outbox. `run` works until `stop`; `broker.run` must run beside it; a commit calls `wake_up.set`.

    `poll`: seconds between two looks at the outbox without a wake-up.
    """

    def __init__(self, outbox: Any, url: str, name: str, poll: float = POLL_SECONDS) -> None:
        self.wake_up = WakeUp()
        self.broker = BrokerConnection(url, f"{name}-relay", self._on_open, self._on_lost)
        self._outbox = outbox
        self._poll = poll
        self._stopping = False
        self._ended = Event()
        self._publisher: ConfirmedPublisher | None = None
        self._outcomes: dict[str, str | None] = {}
        self._expected = 0
        self._confirms_wake_up = WakeUp()

    def run(self) -> None:
        """Publish what is in the outbox, whenever woken and every `poll` seconds."""
        faults = 0
        try:
            while not self._stopping:
                if self.wake_up.wait(self._poll if not faults else FAULT_STEPS[min(faults, len(FAULT_STEPS)) - 1]):
                    eventlet.sleep(LINGER_SECONDS)
                if self._publisher is None or self.broker.blocked:
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
        """End after the present batch."""
        self._stopping = True
        self.wake_up.set()
        self._ended.wait()
        self.broker.stop()

    def kill(self) -> None:
        """End at once; unconfirmed rows stay."""
        self._stopping = True
        self.broker.stop(0.1)

    def _on_open(self, connection: AmqpConnection) -> None:
        self._publisher = ConfirmedPublisher(connection.channel(), self._on_settled)
        self.wake_up.set()

    def _on_lost(self) -> None:
        self._publisher = None
        self._confirms_wake_up.set()

    def _on_settled(self, key: str, fault: str | None) -> None:
        self._outcomes[key] = fault
        if len(self._outcomes) >= self._expected:
            self._confirms_wake_up.set()

    def _drain(self) -> None:
        """Publish what one claim gives, batch by batch, until a batch is not full.

        What is committed meanwhile is published after the next wake-up or poll. Raises one of CONNECTION_ERRORS.
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
        """Publish all, then wait for every confirm; return message id → None when confirmed, else why not.

        Raises OSError when the connection is lost.
        """
        publisher, connection = self._publisher, self.broker.connection
        if publisher is None or connection is None:
            raise OSError("the connection is down")
        self._outcomes = {}
        self._expected = len({row.message_id for row in rows})
        with connection.single_write():
            for row in rows:
                publisher.send(_message(row), EVENTS_EXCHANGE, row.routing_key)
        while len(self._outcomes) < self._expected:
            woken = self._confirms_wake_up.wait(CONFIRM_SECONDS)
            if self._publisher is not publisher:
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


class RelayProvider(DependencyProvider):  # type: ignore[misc]
    """Runs the relay in the service's process, woken by every commit that leaves rows in the outbox."""

    def setup(self) -> None:
        """Make the relay, unless this process leaves the outbox to relay processes."""
        config = self.container.config
        self.relay: Relay | None = None
        if config["RELAY"]:
            self.relay = Relay(config["OFFICE"].outbox, config["AMQP_URI"], self.container.service_name)
            config["OFFICE"].on_commit.append(self.relay.wake_up.set)

    def start(self) -> None:
        """Begin to publish, now or as soon as the broker can be reached."""
        if self.relay is not None:
            self.container.spawn_managed_thread(self.relay.broker.run, identifier="relay-connection")
            self.container.spawn_managed_thread(self.relay.run, identifier="relay")

    def stop(self) -> None:
        """End after the present batch."""
        if self.relay is not None:
            self.relay.stop()

    def kill(self) -> None:
        """End at once."""
        if self.relay is not None:
            self.relay.kill()

    def get_dependency(self, worker_ctx: Any) -> Relay | None:
        """The relay, for the service's report on its health; None where it runs elsewhere."""
        return self.relay
