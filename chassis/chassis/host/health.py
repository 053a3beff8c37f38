"""The health of a service seen from beside it: its database and its broker, without a word to the process itself."""

from __future__ import annotations

from typing import Any

from amqp.exceptions import NotFound

from chassis.host.topology import events_queue, parked_queue, retry_queue
from chassis.line import FAULTS, Connection, connect


def whole_health(office: Any, url: str) -> dict[str, Any]:
    """The office's own health, with `broker`, `serving` (processes) and `queues` (name: messages); `faults`."""
    told: dict[str, Any] = dict(office.health())
    wrong: list[str] = list(told["faults"])
    if told.get("kept"):
        wrong.append(f"{told['kept']} facts are kept behind one that is missing, parked or not taken")
    told["broker"], told["serving"], told["queues"] = "up", 0, {}
    try:
        connection = connect(url, f"{office.name}-health")
    except FAULTS as fault:
        told["broker"] = f"away: {fault}"
        wrong.append(f"the broker is away: {fault}")
    else:
        _ask(connection, office.name, told, wrong)
        connection.close()
    return {**told, "ok": not wrong, "faults": wrong}


def _ask(connection: Connection, service: str, told: dict[str, Any], wrong: list[str]) -> None:
    """Look at the service's queues. Adds to `told` and `wrong`."""
    told["serving"] = _counts(connection, f"rpc-{service}")[1]
    if not told["serving"]:
        wrong.append("no process answers calls")
    for queue in (events_queue(service), retry_queue(service), parked_queue(service)):
        messages, consumers = _counts(connection, queue)
        told["queues"][queue] = messages
        if messages < 0:
            wrong.append(f"the queue {queue} is missing")
        elif queue == events_queue(service) and not consumers:
            wrong.append("no process receives facts")
    if told["queues"][parked_queue(service)] > 0:
        wrong.append(f"{told['queues'][parked_queue(service)]} facts are parked and need a person")


def _counts(connection: Connection, queue: str) -> tuple[int, int]:
    """Messages and consumers of a queue; (-1, 0) when there is none."""
    channel = connection.channel()
    try:
        found = channel.queue_declare(queue, passive=True)
    except NotFound:
        return -1, 0
    return int(found.message_count), int(found.consumer_count)
