"""Canonical JSON (RFC 8785): one byte string for one value, so that hashes can be recomputed by anybody."""

import hashlib
import json
from typing import Any

import rfc8785


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 bytes of a JSON value; floats are refused, for they have no place in a record."""
    refuse_floats(value)
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of a value, as hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def refuse_floats(value: Any) -> None:
    """Raise TypeError if the value holds a float anywhere: money is fen, ratios are integers per unit."""
    if isinstance(value, float):
        raise TypeError("a float in a record; use an integer of a smaller unit, or a string")
    if isinstance(value, dict):
        for item in value.values():
            refuse_floats(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            refuse_floats(item)


def compact(value: Any) -> str:
    """Return compact JSON text for storage; Chinese is kept as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
