"""Marked fields: values kept encrypted beside the journal, so that they can be erased while the hash chain still verifies."""

import hashlib
import os
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.core.canonical import canonical
from chassis.core.ids import new_id

REFERENCE = "$sealed"


class Seal:
    """Encrypts values with the service's own key (32 bytes, AES-256-GCM)."""

    def __init__(self, key: bytes) -> None:
        self._box = AESGCM(key)

    def close(self, value: bytes, bound_to: str) -> bytes:
        """Encrypt, bound to the id of the sealed row."""
        nonce = os.urandom(12)
        return nonce + self._box.encrypt(nonce, value, bound_to.encode())

    def open(self, box: bytes, bound_to: str) -> bytes:
        """Decrypt what `close` gave."""
        return self._box.decrypt(box[:12], box[12:], bound_to.encode())


def salted_digest(salt: bytes, value: Any) -> str:
    """Return the digest that stands in the journal for a marked value: SHA-256(salt ‖ canonical JSON)."""
    return hashlib.sha256(salt + canonical(value)).hexdigest()


def is_reference(value: Any) -> bool:
    """Tell whether a value is a reference to a sealed one."""
    return isinstance(value, dict) and REFERENCE in value


def seal_value(seal: Seal, value: Any, mark: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the reference that stands for a value, and the row that keeps it."""
    identifier = new_id("sealed")
    salt = os.urandom(16)
    digest = salted_digest(salt, value)
    row = {
        "id": identifier,
        "mark": mark,
        "digest": digest,
        "salt": salt,
        "box": seal.close(canonical(value), identifier),
    }
    return {REFERENCE: identifier, "mark": mark, "digest": digest}, row


def walk_references(value: Any, replace: Callable[[dict[str, str]], Any]) -> Any:
    """Return a copy of a JSON value in which `replace` has answered for each sealed reference."""
    if is_reference(value):
        return replace(value)
    if isinstance(value, dict):
        return {key: walk_references(item, replace) for key, item in value.items()}
    if isinstance(value, list):
        return [walk_references(item, replace) for item in value]
    return value


def references(value: Any) -> list[dict[str, str]]:
    """Return the sealed references inside a JSON value."""
    inside: list[dict[str, str]] = []
    walk_references(value, inside.append)
    return inside
