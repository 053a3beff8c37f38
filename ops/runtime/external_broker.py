"""A broker that is not ours (`AMQP_URL`): the same exchanges, queues and bindings, declared over AMQP."""

from __future__ import annotations

from amqp.exceptions import AMQPError

from chassis.host.topology import declarations
from ops.faults import Fault
from ops.generate.topology import Declared
from ops.runtime.readiness import connect


def declare(url: str, services: list[Declared]) -> None:
    """Declare everything on the broker at `url`; what is there already stays. Raises Fault."""
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
