"""The archive stream, for restores: the last sequences that a service published, and the replay of facts to a service.

    AMQP_URL=amqp://ops:…@broker:5672// python -m ops.runbooks.archive sequences SERVICE
    AMQP_URL=amqp://ops:…@broker:5672// python -m ops.runbooks.archive replay SERVICE

Neither changes the archive. A fact that was received before is a repeat to the inbox and has no effect.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from typing import Any

import amqp

from chassis.host.topology import ARCHIVE_STREAM, events_queue, requeue_exchange
from ops.generate import descriptions, topology
from ops.layout import SERVICES
from ops.runtime.connection import connect

IDLE_SECONDS = 3.0
"""The stream is at its end when no message arrives for so long."""
PREFETCH = 200
PERSISTENT = 2


def read(url: str) -> list[tuple[str, bytes]]:
    """Every fact in the archive, oldest first: routing key and body. `url` is the operator's."""
    facts: list[tuple[str, bytes]] = []
    with connect(url) as connection:
        channel = connection.channel()
        channel.basic_qos(0, PREFETCH, False)

        def take(message: Any) -> None:
            body = message.body
            facts.append((message.delivery_info["routing_key"], body.encode() if isinstance(body, str) else body))
            channel.basic_ack(message.delivery_tag)

        channel.basic_consume(ARCHIVE_STREAM, callback=take, arguments={"x-stream-offset": "first"})
        while True:
            try:
                connection.drain_events(timeout=IDLE_SECONDS)
            except TimeoutError:
                return facts


def sequences(facts: Iterable[tuple[str, bytes]], service: str) -> dict[str, int]:
    """Subject → the last sequence that the service has published about it."""
    last: dict[str, int] = {}
    for key, body in facts:
        if key.split(".")[0] == service:
            event = json.loads(body)
            last[event["subject"]] = max(last.get(event["subject"], 0), int(event["sequence"]))
    return last


def replay(url: str, facts: Iterable[tuple[str, bytes]], service: str, listens: Iterable[str]) -> int:
    """Put the facts that the service listens to into its queue again, in order; returns how many."""
    kinds = tuple(f"{kind}." for kind in listens)
    number = 0
    with connect(url) as connection:
        channel = connection.channel()
        channel.confirm_select()
        for key, body in facts:
            if not key.startswith(kinds):
                continue
            event = json.loads(body)
            message = amqp.Message(
                body,
                content_type="application/cloudevents+json",
                content_encoding="utf-8",
                delivery_mode=PERSISTENT,
                message_id=event["id"],
                type=event["type"],
            )
            channel.basic_publish_confirm(message, requeue_exchange(service), events_queue(service), timeout=10)
            number += 1
    return number


def main(arguments: list[str] | None = None) -> int:
    """Print SQL that raises the counters of a restored service, or replay the facts that it receives."""
    parser = argparse.ArgumentParser(prog="python -m ops.runbooks.archive", description=__doc__)
    parser.add_argument("command", choices=["sequences", "replay"])
    parser.add_argument("service", choices=SERVICES)
    options = parser.parse_args(arguments)
    url = os.environ["AMQP_URL"]
    facts = read(url)
    if options.command == "sequences":
        for subject, last in sorted(sequences(facts, options.service).items()):
            print(f"UPDATE roots SET facts = {last} WHERE id = '{subject}' AND facts < {last};")
        return 0
    with descriptions.scratch_layout() as layout:
        environment = descriptions.environment(layout, options.service)
        listens = topology.service_topology(options.service, layout.python, environment)["listens"]
    print(
        f"{options.service}: {replay(url, facts, options.service, listens)} facts put into {events_queue(options.service)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
