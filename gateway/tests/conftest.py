"""A gateway on a fresh SQLite database with the sample province in it, and services that answer from memory."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from flask.testing import FlaskClient

from gateway import identity
from gateway.app import create_app
from gateway.config import Config, read
from gateway.database import migrate, open_database
from gateway.sample import loader
from gateway.wiring import EXTENSION, Gateway

sys.path.insert(0, str(Path(__file__).parent))
from gateway_stub import StubClient

KEY = Ed25519PrivateKey.generate()
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Warnings are errors in the gateway's tests."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("error"))


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Passwords are hashed at the least cost: what is tested is not how long argon2 takes."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity, "HASHER", cheap)
        patch.setattr(loader, "HASHER", cheap)
        yield


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory, cheap_hashes: None) -> Path:
    """A folder with keys and a database file that holds the sample province."""
    folder = tmp_path_factory.mktemp("gateway")
    (folder / "token.pem").write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "secret").write_bytes(b"s" * 40)
    config = read(environment(folder, folder / "province.db"))
    database = open_database(config.database_url)
    migrate(database)
    loader.load(config, database)
    database.close()
    return folder


def environment(folder: Path, database: Path) -> dict[str, str]:
    """The environment of a test gateway."""
    return {
        "DATABASE_URL": f"sqlite:///{database}",
        "FILES_URL": str(folder / "files"),
        "PROFILE": "test",
        "CLOCK": f"file:{database.parent / 'clock'}",
        "TOKEN_PRIVATE_KEY": str(folder / "token.pem"),
        "SECRET_KEY": str(folder / "secret"),
        "SERVICES": "intake investigation",
        "FILE_LIMIT": "2000",
    }


@pytest.fixture
def config(province: Path, tmp_path: Path) -> Config:
    """The configuration of a gateway with a copy of the province's database."""
    (tmp_path / "gateway.db").write_bytes((province / "province.db").read_bytes())
    return read(environment(province, tmp_path / "gateway.db"))


@pytest.fixture
def services() -> StubClient:
    """The services behind the gateway."""
    return StubClient()


@pytest.fixture
def app(config: Config, services: StubClient) -> Iterator[Flask]:
    """The gateway."""
    app = create_app(config, services, pages=False)
    yield app
    app.extensions[EXTENSION].database.close()


@pytest.fixture
def gateway(app: Flask) -> Gateway:
    """Its parts."""
    parts: Gateway = app.extensions[EXTENSION]
    return parts


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    """A caller without a token."""
    return app.test_client()


SignIn = Callable[..., dict[str, str]]


@pytest.fixture
def sign_in(http: FlaskClient) -> SignIn:
    """Signs in and returns the headers of a caller."""

    def sign(username: str, **more: Any) -> dict[str, str]:
        answer = http.post("/api/v1/tokens", json={"username": username, "password": loader.PASSWORD, **more})
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json['token']}"}

    return sign


@pytest.fixture
def handler(sign_in: SignIn) -> dict[str, str]:
    """The headers of the recall division's handler."""
    return sign_in("recall.handler")
