"""A plain AMQP connection, for questions and for what an operator publishes."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import amqp

SECONDS = 3.0


def connect(url: str) -> amqp.Connection:
    """Connect to the broker at `url`, waiting at most 3 seconds for each answer; the caller closes it. Raises OSError, AMQPError."""
    parts = urlsplit(url)
    connection = amqp.Connection(
        f"{parts.hostname}:{parts.port or 5672}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) or "/",
        connect_timeout=SECONDS,
        read_timeout=SECONDS,
        write_timeout=SECONDS,
    )
    connection.connect()
    return connection
