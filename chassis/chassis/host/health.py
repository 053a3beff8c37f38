"""The health of a service seen from outside its process: its database, and its queues on the broker."""

from __future__ import annotations

from typing import Any

from amqp.exceptions import NotFound

from chassis.broker import CONNECTION_ERRORS, AmqpConnection, connect
from chassis.host.topology import events_queue, parked_queue, retry_queue


def health_report(office: Any, url: str) -> dict[str, Any]:
    """The office's own health, completed by what the broker at `url` says.

    Keys beside the office's own: `broker` (`up`, or `away: …`), `serving` (number of processes that answer calls) and
    `queues` (name: messages, -1 where the queue is missing). `faults` lists all that is wrong, `ok` says whether it is
    empty.
    """
    report: dict[str, Any] = dict(office.health())
    faults: list[str] = list(report["faults"])
    if report.get("kept"):
        faults.append(f"{report['kept']} facts are kept behind one that is missing, parked or not taken")
    report["broker"], report["serving"], report["queues"] = "up", 0, {}
    try:
        connection = connect(url, f"{office.name}-health")
    except CONNECTION_ERRORS as fault:
        report["broker"] = f"away: {fault}"
        faults.append(f"the broker is away: {fault}")
    else:
        _inspect_queues(connection, office.name, report, faults)
        connection.close()
    return {**report, "ok": not faults, "faults": faults}


def _inspect_queues(connection: AmqpConnection, service: str, report: dict[str, Any], faults: list[str]) -> None:
    """Look at the service's queues. Sets `serving` and `queues` of the report; appends to `faults`."""
    report["serving"] = _queue_counts(connection, f"rpc-{service}")[1]
    if not report["serving"]:
        faults.append("no process answers calls")
    for queue in (events_queue(service), retry_queue(service), parked_queue(service)):
        messages, consumers = _queue_counts(connection, queue)
        report["queues"][queue] = messages
        if messages < 0:
            faults.append(f"the queue {queue} is missing")
        elif queue == events_queue(service) and not consumers:
            faults.append("no process receives facts")
    if report["queues"][parked_queue(service)] > 0:
        faults.append(f"{report['queues'][parked_queue(service)]} facts are parked and need a person")


def _queue_counts(connection: AmqpConnection, queue: str) -> tuple[int, int]:
    """Messages and consumers of a queue; (-1, 0) when there is none."""
    channel = connection.channel()
    try:
        answer = channel.queue_declare(queue, passive=True)
    except NotFound:
        return -1, 0
    return int(answer.message_count), int(answer.consumer_count)
