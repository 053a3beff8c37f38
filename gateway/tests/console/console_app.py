"""A gateway with its pages on a folder of its own: the sample province, a clock in July 2026, and services given by the test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask

from gateway.app import create_app
from gateway.config import read
from gateway.database import migrate, open_database
from gateway.identity import Signer, signing_key
from gateway.limits import Buckets
from gateway.sample import loader
from gateway.services import SERVICES, Client, Services
from gateway.wiring import EXTENSION, Gateway

JULY = datetime(2026, 7, 16, 1, 0, tzinfo=UTC)
FILE_LIMIT = 200_000


def build(folder: Path, client: Client) -> Flask:
    """The gateway's app; `folder` is empty before."""
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "token.pem").write_bytes(key)
    (folder / "secret").write_bytes(b"s" * 40)
    config = read(
        {
            "DATABASE_URL": f"sqlite:///{folder / 'gateway.db'}",
            "FILES_URL": str(folder / "files"),
            "PROFILE": "test",
            "CLOCK": f"file:{folder / 'clock'}",
            "TOKEN_PRIVATE_KEY": str(folder / "token.pem"),
            "SECRET_KEY": str(folder / "secret"),
            "FILE_LIMIT": str(FILE_LIMIT),
        }
    )
    database = open_database(config.database_url)
    migrate(database)
    loader.load(config, database)
    database.close()
    assert config.test_clock is not None
    config.test_clock.set(JULY)
    return create_app(config, client)


def put_behind(app: Flask, client: Client) -> None:
    """Put other services behind a gateway, as if its process had just begun."""
    whole: Gateway = app.extensions[EXTENSION]
    signer = Signer(signing_key(whole.config.token_private_key))
    app.extensions[EXTENSION] = replace(whole, services=Services(client, signer, SERVICES), public=Buckets(1000, 1000))
