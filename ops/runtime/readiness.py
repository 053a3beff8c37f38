"""Whether a started process serves: asked of the broker and over HTTP."""

from __future__ import annotations

import urllib.error
import urllib.request

from amqp.exceptions import AMQPError, NotFound

from ops.runtime.connection import connect

HTTP_SECONDS = 3.0


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
        with urllib.request.urlopen(url, timeout=HTTP_SECONDS) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
