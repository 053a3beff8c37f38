"""Tokens against forged forms: an HMAC of the session's own token, so that no other site can know it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

LIFETIME = 12 * 3600  # seconds a rendered form may be sent


def issue(secret: bytes, session: str) -> str:
    """A form token bound to this session token (or to the cookie of a visitor who is not signed in)."""
    moment = f"{int(time.time()):x}.{secrets.token_hex(8)}"
    return f"{moment}.{_mac(secret, session, moment)}"


def valid(secret: bytes, session: str, token: str) -> bool:
    """Whether the form token was issued for this session and is not too old."""
    moment, _, mac = token.rpartition(".")
    if not hmac.compare_digest(mac.encode(), _mac(secret, session, moment).encode()):
        return False
    begun = int(moment.partition(".")[0], 16)
    return 0 <= time.time() - begun <= LIFETIME


def _mac(secret: bytes, session: str, moment: str) -> str:
    return hmac.new(secret, f"{session}|{moment}".encode(), hashlib.sha256).hexdigest()
