"""Receiving the facts of other services: a batch in one transaction, acknowledged after the commit.

What cannot be taken now is published again, with confirms, to the retry queue or, for a person, to the parking queue,
and is acknowledged after the broker has confirmed. A message is thus always in a queue or in the inbox; for a moment it
may be in both, and the inbox skips the repeat.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import amqp
import eventlet
import structlog
from eventlet.event import Event
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint
from sqlalchemy.exc import InterfaceError, OperationalError

from chassis.broker import CONNECTION_ERRORS, AmqpConnection, BrokerConnection, ConfirmedPublisher
from chassis.host.retry import GAP_TRIES, Destination, copy_of, destination_of, gaps_of, headers_of
from chassis.host.topology import events_queue, parked_queue, requeue_exchange
from chassis.host.wake_up import WakeUp

log = structlog.get_logger(__name__)

Method = TypeVar("Method", bound=Callable[..., Any])

BATCH = 50
PREFETCH = 150
CONFIRM_SECONDS = 10.0
DATABASE_STEPS = (0.1, 0.3, 1.0, 3.0, 5.0)
IDLE_SECONDS = 30.0


@dataclass
class _Failure:
    """Takes the place of a receipt when handling one message raised."""

    reason: str
    outcome: str = "failed"
    subject: str | None = None


class Facts(Entrypoint):  # type: ignore[misc]
    """Marks the method that receives facts: a list of message bodies in, a list of receipts out, one for each body."""

    def setup(self) -> None:
        """Prepare the connection; the broker need not be there."""
        self._service = self.container.service_name
        self._office = self.container.config["OFFICE"]
        self._messages: deque[amqp.Message] = deque()
        self._wake_up = WakeUp()
        self._stopping = False
        self._ended = Event()
        self._publisher: ConfirmedPublisher | None = None
        self._outcomes: dict[str, str | None] = {}
        self._confirms_wake_up = WakeUp()
        self._numbers = itertools.count(1)
        self.broker = BrokerConnection(
            self.container.config["AMQP_URI"], f"{self._service}-facts", self._on_open, self._on_lost
        )

    def start(self) -> None:
        """Begin to consume, now or as soon as the broker can be reached."""
        self.container.spawn_managed_thread(self.broker.run, identifier="facts-connection")
        self.container.spawn_managed_thread(self._work, identifier="facts")

    def stop(self) -> None:
        """Finish the present batch; what is not acknowledged goes back to the queue."""
        self._stopping = True
        self._wake_up.set()
        self._ended.wait()
        self.broker.stop()

    def kill(self) -> None:
        """End at once; what is not acknowledged goes back to the queue."""
        self._stopping = True
        self.broker.stop(0.1)

    # ── the connection ──

    def _on_open(self, connection: AmqpConnection) -> None:
        self._messages.clear()
        self._publisher = ConfirmedPublisher(connection.channel(), self._on_settled)
        channel = connection.channel()
        channel.basic_qos(0, PREFETCH, False)
        channel.basic_consume(events_queue(self._service), callback=self._on_message)

    def _on_lost(self) -> None:
        self._publisher = None
        self._messages.clear()
        self._confirms_wake_up.set()

    def _on_message(self, message: amqp.Message) -> None:
        self._messages.append(message)
        self._wake_up.set()

    def _on_settled(self, key: str, fault: str | None) -> None:
        self._outcomes[key] = fault
        self._confirms_wake_up.set()

    # ── the work ──

    def _work(self) -> None:
        """Take the messages that have arrived, have them received, settle them; until stopped."""
        try:
            while not self._stopping:
                if not self._messages:
                    self._wake_up.wait(IDLE_SECONDS)
                    continue
                batch = [self._messages.popleft() for _ in range(min(BATCH, len(self._messages)))]
                try:
                    receipts = self._receive(batch)
                    if receipts is not None:
                        self._settle(batch, receipts)
                except CONNECTION_ERRORS as fault:
                    log.warning("a batch was not acknowledged; it will be delivered again", reason=str(fault))
        finally:
            self._ended.send(None)

    def _receive(self, batch: Sequence[amqp.Message]) -> list[Any] | None:
        """Receipts for the batch, however long the database is away; None when it is to be delivered again instead.

        That is so when the connection is lost or the process is stopping.
        """
        channel = batch[0].channel
        steps = iter(DATABASE_STEPS)
        while not self._stopping and channel.connection is not None:
            try:
                return self._run([message.body for message in batch])
            except ContainerBeingKilled:
                return None
            except (OperationalError, InterfaceError) as fault:
                pause = next(steps, DATABASE_STEPS[-1])
                log.warning(
                    "the database did not take a batch of facts; trying again", seconds=pause, reason=str(fault.orig)
                )
                eventlet.sleep(pause)
            except Exception as fault:
                if len(batch) == 1:
                    return [_Failure(f"{type(fault).__name__}: {fault}")]
                return self._one_by_one(batch)
        return None

    def _one_by_one(self, batch: Sequence[amqp.Message]) -> list[Any] | None:
        """Receive each message in a transaction of its own: one of the batch makes the common one fail."""
        receipts: list[Any] = []
        for message in batch:
            single = self._receive([message])
            if single is None:
                return None
            receipts += single
        return receipts

    def _run(self, bodies: list[bytes]) -> list[Any]:
        """Run the service's method in a nameko worker. Raises what the method raised."""
        done = Event()

        def handle_result(worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send((result, exc_info))
            return result, exc_info

        self.container.spawn_worker(self, (bodies,), {}, handle_result=handle_result)
        result, exc_info = done.wait()
        if exc_info is not None:
            raise exc_info[1]
        return list(result)

    def _settle(self, batch: Sequence[amqp.Message], receipts: Sequence[Any]) -> None:
        """Acknowledge what is taken; publish the rest again and acknowledge what the broker has confirmed.

        When the connection is lost nothing is settled: all of it is delivered again.
        """
        if batch[0].channel.connection is None:
            return
        receipts = self._keep_overdue(batch, receipts)
        destinations = [
            destination_of(self._service, headers_of(message), receipt.outcome, receipt.reason)
            for message, receipt in zip(batch, receipts, strict=True)
        ]
        if all(destination is None for destination in destinations):
            batch[-1].channel.basic_ack(batch[-1].delivery_info["delivery_tag"], multiple=True)
            return
        unconfirmed = self._republish(
            [
                (message, receipt, destination)
                for message, receipt, destination in zip(batch, receipts, destinations, strict=True)
                if destination is not None
            ]
        )
        for message in batch:
            tag = message.delivery_info["delivery_tag"]
            if tag in unconfirmed:
                message.channel.basic_reject(tag, requeue=True)
            else:
                message.channel.basic_ack(tag)
        if unconfirmed:
            log.warning(
                "facts could not be moved to the retry or parking queue; they go back to the events queue",
                count=len(unconfirmed),
            )
            eventlet.sleep(1.0)

    def _keep_overdue(self, batch: Sequence[amqp.Message], receipts: Sequence[Any]) -> list[Any]:
        """Have the inbox keep what has been out of turn too often; returns the receipts as they are then."""
        overdue = [
            number
            for number, (message, receipt) in enumerate(zip(batch, receipts, strict=True))
            if receipt.outcome == "gap" and gaps_of(headers_of(message)) >= GAP_TRIES
        ]
        settled = list(receipts)
        if overdue:
            try:
                kept = self._office.receive([batch[number].body for number in overdue], keep=True)
            except Exception:
                log.exception("facts that wait for an earlier one were not kept; they go through the retry queue again")
                return settled
            for number, receipt in zip(overdue, kept, strict=True):
                settled[number] = receipt
        return settled

    def _republish(self, messages: Sequence[tuple[amqp.Message, Any, Destination]]) -> set[int]:
        """Publish messages (with receipt and destination) again; return delivery tags of those that were not confirmed.

        Raises one of CONNECTION_ERRORS.
        """
        publisher = self._publisher
        if publisher is None:
            raise OSError("the connection is down")
        exchange = requeue_exchange(self._service)
        sent: dict[str, tuple[amqp.Message, Any, Destination]] = {}
        for message, receipt, destination in messages:
            key = str(next(self._numbers))
            sent[key] = (message, receipt, destination)
            publisher.send(copy_of(message, destination.headers, key), exchange, destination.queue)
        self._wait_for_confirms(publisher, set(sent))
        unconfirmed: set[int] = set()
        for key, (message, receipt, destination) in sent.items():
            if self._outcomes.pop(key, "not confirmed in time") is not None:
                unconfirmed.add(message.delivery_info["delivery_tag"])
            elif destination.queue == parked_queue(self._service):
                self._hold_subject(receipt)
        return unconfirmed

    def _wait_for_confirms(self, publisher: ConfirmedPublisher, keys: set[str]) -> None:
        """Wait at most CONFIRM_SECONDS for the confirms of these. Raises OSError when the connection is lost."""
        with eventlet.Timeout(CONFIRM_SECONDS, False):
            while not keys <= self._outcomes.keys():
                if self._publisher is not publisher:
                    raise OSError("the connection was lost before the broker confirmed")
                self._confirms_wake_up.wait(CONFIRM_SECONDS)

    def _hold_subject(self, receipt: Any) -> None:
        """Mark the subject of a parked fact as held; its later facts wait in any case, a sequence being missing."""
        log.error(
            "a fact is parked and needs a person",
            outcome=receipt.outcome,
            reason=receipt.reason,
            subject=receipt.subject,
        )
        if receipt.subject:
            try:
                self._office.hold(receipt.subject)
            except (OperationalError, InterfaceError) as fault:
                log.warning(
                    "the subject of a parked fact is not marked", subject=receipt.subject, reason=str(fault.orig)
                )


facts: Callable[[Method], Method] = Facts.decorator
