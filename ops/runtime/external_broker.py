"""A broker that the runtime does not start (`AMQP_URL`): the same exchanges, queues and bindings, declared over AMQP."""

from __future__ import annotations

from amqp.exceptions import AMQPError

from chassis.host.topology import declarations
from ops.faults import Fault
from ops.generate.topology import ServiceTopology
from ops.runtime.connection import connect


def declare(url: str, services: list[ServiceTopology]) -> None:
    """Declare everything on the broker at `url`; what exists already is kept. Raises Fault."""
    try:
        with connect(url) as connection:
            channel = connection.channel()
            for service in services:
                rows = declarations(service["service"], service["listens"])
                for row in rows["exchanges"]:
                    channel.exchange_declare(row["name"], row["type"], durable=True, auto_delete=False)
                for row in rows["queues"]:
                    channel.queue_declare(row["name"], durable=True, auto_delete=False, arguments=row["arguments"])
                for row in rows["bindings"]:
                    channel.queue_bind(row["destination"], row["source"], row["routing_key"])
    except (OSError, AMQPError) as error:
        raise Fault("给定的消息代理不可用", f"the broker of AMQP_URL cannot be used: {error}") from error
