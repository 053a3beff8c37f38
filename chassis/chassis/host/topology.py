"""What a service needs on the broker: its queues, exchanges, bindings and rights, defined in one place.

The same rows have two uses: `ops` writes them into the broker's definitions, loaded when the broker boots, and the host
takes from here the names of the queues it consumes and publishes to. No process declares these queues at run time; only
the queues of calls (`rpc-<service>` and the reply queues) are declared by the processes that consume them.

Every row is in the form of RabbitMQ's definitions file (https://www.rabbitmq.com/docs/definitions).

Names of one service `s`:

| name        | kind                    | what                                                                              |
|-------------|-------------------------|-----------------------------------------------------------------------------------|
| `s.events`  | quorum queue            | facts of others; after DELIVERY_LIMIT crashes a message goes to `s.parked`          |
| `s.retry`   | quorum queue with a TTL | facts that wait for another try; when the time is up they go back to `s.events`     |
| `s.parked`  | quorum queue            | facts that need a person                                                          |
| `s.requeue` | direct exchange         | how the service itself reaches the three: the routing key is the queue's name      |

A service may write to its own exchange `s.requeue` and not to the default exchange, which would reach every queue on the
broker. A message that is published again must not carry its `x-death` header: the broker takes it for a cycle and drops
the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypedDict

VHOST = "/"
EVENTS_EXCHANGE = "zhaohui.events"
ARCHIVE_STREAM = "zhaohui.archive"
RPC_EXCHANGE = "nameko-rpc"
DELIVERY_LIMIT = 20
RETRY_MILLISECONDS = 1000
ARCHIVE_BYTES = 20_000_000_000
READS = ("describe", "get", "search", "journal")
"""The methods by which one service may ask another; a service never acts on another by a call."""

Row = dict[str, Any]


class Declarations(TypedDict):
    """Rows of a definitions file: what has to exist before the first message."""

    exchanges: list[Row]
    queues: list[Row]
    bindings: list[Row]


def events_queue(service: str) -> str:
    """The queue a service consumes facts from."""
    return f"{service}.events"


def retry_queue(service: str) -> str:
    """The queue where a fact waits for its next try."""
    return f"{service}.retry"


def parked_queue(service: str) -> str:
    """The queue of facts that need a person."""
    return f"{service}.parked"


def requeue_exchange(service: str) -> str:
    """The direct exchange by which a service puts a fact into one of its own queues; routing key: the queue's name."""
    return f"{service}.requeue"


def _dead_letters_to(queue: str) -> Row:
    """Queue arguments: what leaves this queue goes to `queue`, is never lost on the way, and never overflows silently."""
    return {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": queue,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def queue_arguments(service: str, retry_milliseconds: int = RETRY_MILLISECONDS) -> dict[str, Row]:
    """Queue name → arguments, for the three queues of a service. `retry_milliseconds` is the wait between two tries."""
    return {
        events_queue(service): {**_dead_letters_to(parked_queue(service)), "x-delivery-limit": DELIVERY_LIMIT},
        retry_queue(service): {**_dead_letters_to(events_queue(service)), "x-message-ttl": retry_milliseconds},
        parked_queue(service): {"x-queue-type": "quorum"},
    }


def _exchange(name: str, kind: str) -> Row:
    return {
        "name": name,
        "vhost": VHOST,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _queue(name: str, arguments: Row) -> Row:
    return {"name": name, "vhost": VHOST, "durable": True, "auto_delete": False, "arguments": arguments}


def _binding(source: str, queue: str, key: str) -> Row:
    return {
        "source": source,
        "vhost": VHOST,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }


def common() -> Declarations:
    """What all services share: the exchange of facts, the exchange of calls, and the archive stream.

    The archive is bound to every fact, so that a fact is routable although no service listens to it.
    """
    archive = {"x-queue-type": "stream", "x-max-length-bytes": ARCHIVE_BYTES}
    return {
        "exchanges": [_exchange(EVENTS_EXCHANGE, "topic"), _exchange(RPC_EXCHANGE, "topic")],
        "queues": [_queue(ARCHIVE_STREAM, archive)],
        "bindings": [_binding(EVENTS_EXCHANGE, ARCHIVE_STREAM, "#")],
    }


def declarations(service: str, listens: Iterable[str], retry_milliseconds: int = RETRY_MILLISECONDS) -> Declarations:
    """Everything one service needs, the shared part included, so that a broker for one service alone works too.

    `listens` are kinds of root of other services, as `notify.document`: each becomes the binding `notify.document.#`.
    """
    shared = common()
    arguments = queue_arguments(service, retry_milliseconds)
    exchange = requeue_exchange(service)
    bindings = [_binding(EVENTS_EXCHANGE, events_queue(service), f"{kind}.#") for kind in sorted(set(listens))]
    bindings += [_binding(exchange, name, name) for name in arguments]
    return {
        "exchanges": [*shared["exchanges"], _exchange(exchange, "direct")],
        "queues": [*shared["queues"], *(_queue(name, row) for name, row in arguments.items())],
        "bindings": [*shared["bindings"], *bindings],
    }


def _any(*names: str) -> str:
    """A pattern for exactly these names."""
    return "^(" + "|".join(names) + ")$"


def service_rights(service: str) -> tuple[Row, list[Row]]:
    """The rights of a service's broker user: one permission row, and its topic rows (each still without `user`).

    It may declare its own RPC queues, publish its own facts only, consume its own queues only, answer calls, and call
    the READS of other services.
    """
    name = re.escape(service)
    own = [rf"{name}\.(events|retry|parked)"]
    calls = [re.escape(RPC_EXCHANGE), f"rpc-{name}", rf"rpc\.reply-{name}-.*"]
    permission = {
        "vhost": VHOST,
        "configure": _any(*calls),
        "write": _any(*calls, re.escape(EVENTS_EXCHANGE), rf"{name}\.requeue"),
        "read": _any(*calls, *own),
    }
    replies_and_reads = rf"^(gateway\.reply\..*|[0-9a-f-]{{36}}|[a-z]+\.({'|'.join(READS)}))$"
    topics: list[Row] = [
        {"vhost": VHOST, "exchange": EVENTS_EXCHANGE, "write": rf"^{name}\.", "read": "^$"},
        {
            "vhost": VHOST,
            "exchange": RPC_EXCHANGE,
            "write": replies_and_reads,
            "read": rf"^({name}\.\*|[0-9a-f-]{{36}})$",
        },
    ]
    return permission, topics


def caller_rights(caller: str, services: Iterable[str]) -> tuple[Row, list[Row]]:
    """The rights of a user that only calls services (the gateway): its own reply queues, and calls to `services`."""
    replies = rf"{re.escape(caller)}\.reply\..*"
    calls = _any(re.escape(RPC_EXCHANGE), replies)
    permission = {"vhost": VHOST, "configure": calls, "write": calls, "read": calls}
    names = "|".join(re.escape(service) for service in services)
    topics: list[Row] = [
        {"vhost": VHOST, "exchange": RPC_EXCHANGE, "write": rf"^({names})\.[a-z_]+$", "read": f"^{replies}$"}
    ]
    return permission, topics
