"""Keys and passwords of a deployment: made once, kept under its folder, readable by their owner only."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ops.generate.topology import OPERATOR
from ops.layout import GATEWAY, Layout

SEAL_BYTES = 32


def make(layout: Layout) -> dict[str, str]:
    """Make what is missing and return the broker passwords by user."""
    layout.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    _token_pair(layout.keys)
    _once(layout.keys / "gateway.secret", secrets.token_hex(32).encode())
    for service in layout.services:
        _once(layout.keys / f"{service}.seal", base64.b64encode(secrets.token_bytes(SEAL_BYTES)))
    return passwords(layout.keys / "broker.json", (*layout.services, GATEWAY, OPERATOR))


def passwords(path: Path, users: tuple[str, ...]) -> dict[str, str]:
    """User → password, kept in a file; only missing ones are made."""
    by_user: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if missing := [user for user in users if user not in by_user]:
        by_user.update({user: secrets.token_urlsafe(24) for user in missing})
        _write(path, json.dumps(by_user, indent=1).encode())
    return by_user


def _token_pair(folder: Path) -> None:
    private, public = folder / "token-private.pem", folder / "token-public.pem"
    if private.exists() and public.exists():
        return
    key = Ed25519PrivateKey.generate()
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    _write(private, key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    _write(public, key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo))


def _once(path: Path, content: bytes) -> None:
    if not path.exists():
        _write(path, content)


def _write(path: Path, content: bytes) -> None:
    """Write atomically, with mode 600 from the first byte."""
    part = path.with_suffix(path.suffix + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    part.replace(path)
