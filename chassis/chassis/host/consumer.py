"""Receiving the facts of other services: batches into one transaction, acknowledged after the commit.

What cannot be taken now goes aside by a confirmed publish (to the retry queue, or to the parking queue for a person)
and is acknowledged after the broker has confirmed. A message is thus always in a queue or in the inbox; in both for a
moment, which the inbox forgives.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import eventlet
import structlog
from eventlet.event import Event
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint
from sqlalchemy.exc import InterfaceError, OperationalError

from chassis.host.aside import GAP_TRIES, Aside, copy_of, gaps, headers_of, verdict
from chassis.host.bell import Bell
from chassis.host.topology import aside_exchange, events_queue, parked_queue
from chassis.line import FAULTS, Confirms, Connection, Line

log = structlog.get_logger(__name__)

Method = TypeVar("Method", bound=Callable[..., Any])

BATCH = 50
PREFETCH = 150
CONFIRM_SECONDS = 10.0
DATABASE_STEPS = (0.1, 0.3, 1.0, 3.0, 5.0)
IDLE_SECONDS = 30.0


@dataclass
class _Failure:
    """Stands for a receipt when handling one message raised."""

    reason: str
    outcome: str = "failed"
    subject: str | None = None


class Facts(Entrypoint):  # type: ignore[misc]
    """Marks the method that receives: a list of message bodies in, a list of receipts out."""

    def setup(self) -> None:
        """Prepare the line; the broker need not be there."""
        self._service = self.container.service_name
        self._office = self.container.config["OFFICE"]
        self._ready: deque[Any] = deque()
        self._bell = Bell()
        self._stopping = False
        self._ended = Event()
        self._confirms: Confirms | None = None
        self._waiting: dict[str, str | None] = {}
        self._settled_bell = Bell()
        self._numbers = itertools.count(1)
        self.line = Line(self.container.config["AMQP_URI"], f"{self._service}-facts", self._opened, self._lost)

    def start(self) -> None:
        """Begin to consume, now or when the broker comes."""
        self.container.spawn_managed_thread(self.line.run, identifier="facts-line")
        self.container.spawn_managed_thread(self._work, identifier="facts")

    def stop(self) -> None:
        """Finish the batch in hand; what is not acknowledged goes back to the queue."""
        self._stopping = True
        self._bell.ring()
        self._ended.wait()
        self.line.stop()

    def kill(self) -> None:
        """Let go at once."""
        self._stopping = True
        self.line.stop(0.1)

    # ── the line ──

    def _opened(self, connection: Connection) -> None:
        self._ready.clear()
        aside = connection.channel()
        self._confirms = Confirms(aside, self._settled)
        channel = connection.channel()
        channel.basic_qos(0, PREFETCH, False)
        channel.basic_consume(events_queue(self._service), callback=self._received)

    def _lost(self) -> None:
        self._confirms = None
        self._ready.clear()
        self._settled_bell.ring()

    def _received(self, message: Any) -> None:
        self._ready.append(message)
        self._bell.ring()

    def _settled(self, key: str, fault: str | None) -> None:
        self._waiting[key] = fault or "taken"
        self._settled_bell.ring()

    # ── the work ──

    def _work(self) -> None:
        """Take what is ready, have it received, settle it; until stopped."""
        try:
            while not self._stopping:
                if not self._ready:
                    self._bell.wait(IDLE_SECONDS)
                    continue
                batch = [self._ready.popleft() for _ in range(min(BATCH, len(self._ready)))]
                try:
                    receipts = self._received_by_office(batch)
                    if receipts is not None:
                        self._settle(batch, receipts)
                except FAULTS as fault:
                    log.warning("a batch was not acknowledged; it comes again", reason=str(fault))
        finally:
            self._ended.send(None)

    def _received_by_office(self, batch: Sequence[Any]) -> list[Any] | None:
        """Receipts for the batch, however long the database is away; None when the messages are no longer ours."""
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

    def _one_by_one(self, batch: Sequence[Any]) -> list[Any] | None:
        """One of the batch spoils the transaction of all: each gets its own."""
        receipts: list[Any] = []
        for message in batch:
            single = self._received_by_office([message])
            if single is None:
                return None
            receipts += single
        return receipts

    def _run(self, bodies: list[bytes]) -> list[Any]:
        """Run the service's method in a nameko worker. Raises what it raised."""
        done = Event()

        def handle_result(worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send((result, exc_info))
            return result, exc_info

        self.container.spawn_worker(self, (bodies,), {}, handle_result=handle_result)
        result, exc_info = done.wait()
        if exc_info is not None:
            raise exc_info[1]
        return list(result)

    def _settle(self, batch: Sequence[Any], receipts: Sequence[Any]) -> None:
        """Acknowledge what is taken; put the rest aside and acknowledge what the broker has confirmed.

        Of a line that is gone nothing is settled: all of it comes again.
        """
        if batch[0].channel.connection is None:
            return
        receipts = self._keep_overdue(batch, receipts)
        verdicts = [
            verdict(self._service, headers_of(message), receipt.outcome, receipt.reason)
            for message, receipt in zip(batch, receipts, strict=True)
        ]
        if all(aside is None for aside in verdicts):
            batch[-1].channel.basic_ack(batch[-1].delivery_info["delivery_tag"], multiple=True)
            return
        kept = self._put_aside([(m, r, v) for m, r, v in zip(batch, receipts, verdicts, strict=True) if v is not None])
        for message in batch:
            tag = message.delivery_info["delivery_tag"]
            if tag in kept:
                message.channel.basic_reject(tag, requeue=True)
            else:
                message.channel.basic_ack(tag)
        if kept:
            log.warning("facts could not be put aside; they go back to the queue", count=len(kept))
            eventlet.sleep(1.0)

    def _keep_overdue(self, batch: Sequence[Any], receipts: Sequence[Any]) -> list[Any]:
        """Have the inbox keep what has been out of turn too often; returns the receipts as they are then."""
        overdue = [
            number
            for number, (message, receipt) in enumerate(zip(batch, receipts, strict=True))
            if receipt.outcome == "gap" and gaps(headers_of(message)) >= GAP_TRIES
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

    def _put_aside(self, moved: Sequence[tuple[Any, Any, Aside]]) -> set[int]:
        """Publish messages to where they wait; return the delivery tags of those the broker did not confirm."""
        confirms = self._confirms
        if confirms is None:
            raise OSError("the line is down")
        keys: dict[str, tuple[Any, Any, Aside]] = {}
        for message, receipt, aside in moved:
            key = str(next(self._numbers))
            keys[key] = (message, receipt, aside)
            confirms.send(copy_of(message, aside.headers, key), aside_exchange(self._service), aside.queue)
        self._await(confirms, set(keys))
        kept: set[int] = set()
        for key, (message, receipt, aside) in keys.items():
            if self._waiting.pop(key, None) != "taken":
                kept.add(message.delivery_info["delivery_tag"])
            elif aside.queue == parked_queue(self._service):
                self._parked(receipt)
        return kept

    def _await(self, confirms: Confirms, keys: set[str]) -> None:
        """Wait for the confirms of these. Raises OSError when the line is lost."""
        with eventlet.Timeout(CONFIRM_SECONDS, False):
            while not keys <= self._waiting.keys():
                if self._confirms is not confirms:
                    raise OSError("the line was lost before the broker confirmed")
                self._settled_bell.wait(CONFIRM_SECONDS)

    def _parked(self, receipt: Any) -> None:
        """Mark the subject as held; its later facts wait in any case, being out of turn."""
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
