"""What a service needs on the broker: its queues, exchanges, bindings and rights, said once.

The same rows serve two readers: `ops` writes them into the broker's definitions, loaded when the broker boots, and the
host names the queues it consumes and publishes to. Nobody declares queues on the fly except nameko, whose `rpc-<service>`
queue is its own affair; consumers therefore name their queues with `no_declare`.

Every row is in the form of RabbitMQ's definitions file (https://www.rabbitmq.com/docs/definitions).

Names of one service `s`:

| name        | kind                    | what                                                                              |
|-------------|-------------------------|-----------------------------------------------------------------------------------|
| `s.events`  | quorum queue            | facts of others; after DELIVERY_LIMIT crashes a message goes to `s.parked`          |
| `s.retry`   | quorum queue with a TTL | facts that wait for another try; when the time is up they go back to `s.events`     |
| `s.parked`  | quorum queue            | facts that need a person                                                          |
| `s.aside`   | direct exchange         | how the service itself reaches the three: the routing key is the queue's name      |

A service may write to its own `s.aside` and not to the default exchange, which would reach every queue of the house.
A message that is published again must leave its `x-death` header behind: the broker drops what seems to go in a circle.
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


def aside_exchange(service: str) -> str:
    """The direct exchange by which a service puts a fact into one of its own queues; routing key: the queue's name."""
    return f"{service}.aside"


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
    """What the house shares: the exchange of facts, the exchange of calls, and the archive that makes every fact routable."""
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
    aside = aside_exchange(service)
    bindings = [_binding(EVENTS_EXCHANGE, events_queue(service), f"{kind}.#") for kind in sorted(set(listens))]
    bindings += [_binding(aside, name, name) for name in arguments]
    return {
        "exchanges": [*shared["exchanges"], _exchange(aside, "direct")],
        "queues": [*shared["queues"], *(_queue(name, given) for name, given in arguments.items())],
        "bindings": [*shared["bindings"], *bindings],
    }


def _any(*names: str) -> str:
    """A pattern for exactly these names."""
    return "^(" + "|".join(names) + ")$"


def service_rights(service: str) -> tuple[Row, list[Row]]:
    """The rights of a service's broker user: one permission row, and its topic rows (each still without `user`).

    It may keep its own RPC queues, publish its own facts only, consume its own queues only, answer calls, and ask other
    services to read.
    """
    name = re.escape(service)
    own = [rf"{name}\.(events|retry|parked)"]
    calls = [re.escape(RPC_EXCHANGE), f"rpc-{name}", rf"rpc\.reply-{name}-.*"]
    permission = {
        "vhost": VHOST,
        "configure": _any(*calls),
        "write": _any(*calls, re.escape(EVENTS_EXCHANGE), rf"{name}\.aside"),
        "read": _any(*calls, *own),
    }
    answers_and_questions = rf"^(gateway\.reply\..*|[0-9a-f-]{{36}}|[a-z]+\.({'|'.join(READS)}))$"
    topics: list[Row] = [
        {"vhost": VHOST, "exchange": EVENTS_EXCHANGE, "write": rf"^{name}\.", "read": "^$"},
        {
            "vhost": VHOST,
            "exchange": RPC_EXCHANGE,
            "write": answers_and_questions,
            "read": rf"^({name}\.\*|[0-9a-f-]{{36}})$",
        },
    ]
    return permission, topics


def caller_rights(caller: str, services: Iterable[str]) -> tuple[Row, list[Row]]:
    """The rights of a user that only calls services (the gateway): its own reply queues, and calls to these services."""
    replies = rf"{re.escape(caller)}\.reply\..*"
    calls = _any(re.escape(RPC_EXCHANGE), replies)
    permission = {"vhost": VHOST, "configure": calls, "write": calls, "read": calls}
    called = "|".join(re.escape(service) for service in services)
    topics: list[Row] = [
        {"vhost": VHOST, "exchange": RPC_EXCHANGE, "write": rf"^({called})\.[a-z_]+$", "read": f"^{replies}$"}
    ]
    return permission, topics
