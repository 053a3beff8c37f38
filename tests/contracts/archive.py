"""The archive stream read from its beginning: every fact that the house has told."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp

from chassis.host.topology import ARCHIVE_STREAM

IDLE_SECONDS = 3.0
"""The stream is at its end when nothing comes for so long."""


def told(url: str) -> list[dict[str, Any]]:
    """Every event in the archive, in the order in which the broker took them. `url` is the operator's."""
    parts = urlsplit(url)
    found: list[dict[str, Any]] = []
    with amqp.Connection(
        host=f"{parts.hostname}:{parts.port or 5672}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) or "/",
    ) as connection:
        channel = connection.channel()
        channel.basic_qos(0, 100, False)

        def take(message: amqp.Message) -> None:
            found.append(json.loads(message.body))
            channel.basic_ack(message.delivery_tag)

        channel.basic_consume(ARCHIVE_STREAM, callback=take, arguments={"x-stream-offset": "first"})
        while True:
            try:
                connection.drain_events(timeout=IDLE_SECONDS)
            except TimeoutError:
                return found
