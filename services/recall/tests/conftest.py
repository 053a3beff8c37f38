"""The recall service opened on databases of its own, made by its migrations."""

import base64
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from recall_house import House

from chassis.core import Office
from chassis.core.config import Config
from chassis.core.migrate import upgrade
from recall.app import application


@pytest.fixture(scope="session")
def key() -> Ed25519PrivateKey:
    """The gateway's key for signing tokens."""
    return Ed25519PrivateKey.generate()


def configure(folder: Path, url: str, key: Ed25519PrivateKey) -> Config:
    """The configuration of a service whose keys and files are in a folder."""
    public, seal = folder / "token.pub.pem", folder / "seal"
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    seal.write_bytes(base64.b64encode(b"k" * 32))
    settings = {"province": "org_210000", "province_area": "210000", "institution": "org_institute"}
    files = str(folder / "files")
    return Config("recall", "test", url, "amqp://", files, "system", str(public), str(seal), settings=settings)


@pytest.fixture
def open_house(tmp_path: Path, key: Ed25519PrivateKey) -> Iterator[Callable[[str], House]]:
    """Open the service on a database URL, brought to the present schema."""
    opened = []

    def open_on(url: str) -> House:
        config = configure(tmp_path, url, key)
        upgrade(application, config)
        opened.append(Office(application, config))
        return House(opened[-1], key)

    yield open_on
    for office in opened:
        office.close()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory, key: Ed25519PrivateKey) -> Path:
    """An empty SQLite database that the migrations made once, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    upgrade(application, configure(folder, f"sqlite:///{folder / 'recall.db'}", key))
    return folder / "recall.db"


@pytest.fixture
def house(migrated: Path, tmp_path: Path, key: Ed25519PrivateKey) -> Iterator[House]:
    """The service on SQLite, on the day of the sample case's notice."""
    copy = shutil.copy(migrated, tmp_path / "recall.db")
    found = House(Office(application, configure(tmp_path, f"sqlite:///{copy}", key)), key)
    found.on("2026-07-06")
    yield found
    found.office.close()
