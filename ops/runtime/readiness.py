"""Whether what we started serves: asked of the broker and over HTTP."""

from __future__ import annotations

import urllib.error
import urllib.request
from urllib.parse import unquote, urlsplit

import amqp
from amqp.exceptions import AMQPError, NotFound

PATIENCE = 3.0


def connect(url: str) -> amqp.Connection:
    """A plain AMQP connection for one question; the caller closes it."""
    parts = urlsplit(url)
    connection = amqp.Connection(
        f"{parts.hostname}:{parts.port or 5672}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) or "/",
        connect_timeout=PATIENCE,
        read_timeout=PATIENCE,
        write_timeout=PATIENCE,
    )
    connection.connect()
    return connection


def consumers(url: str, queue: str) -> int:
    """How many consumers a queue has; 0 where there is no such queue or no broker."""
    try:
        with connect(url) as connection:
            return int(connection.channel().queue_declare(queue, passive=True).consumer_count)
    except (OSError, AMQPError):
        return 0


def missing_queues(url: str, names: list[str]) -> list[str]:
    """Those of the queues that do not exist; all of them where there is no broker."""
    missing = []
    try:
        with connect(url) as connection:
            for name in names:
                try:
                    connection.channel().queue_declare(name, passive=True)
                except NotFound:
                    missing.append(name)
    except (OSError, AMQPError):
        return names
    return missing


def healthy(url: str) -> bool:
    """Whether a health page answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
