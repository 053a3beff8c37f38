"""W3C trace context: a request's trace is taken from its caller or begun here, and passed on to the services."""

from __future__ import annotations

import re
import secrets

PATTERN = re.compile(r"00-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})")


def follow(traceparent: str | None) -> str:
    """The traceparent of this hop: the caller's trace with a span of our own, or a new trace."""
    match = PATTERN.fullmatch(traceparent or "")
    if match and set(match["trace"]) != {"0"} and set(match["span"]) != {"0"}:
        return f"00-{match['trace']}-{secrets.token_hex(8)}-{match['flags']}"
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def trace_of(traceparent: str) -> str:
    """The trace id in a traceparent."""
    return traceparent.split("-")[1]
