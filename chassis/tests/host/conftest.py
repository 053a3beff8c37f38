"""Fixtures of the host's tests: what imports nameko runs in a process of its own."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[1] / "samples"), str(Path(__file__).parents[3])]

import coinstage  # noqa: E402

from chassis.client import RpcClient  # noqa: E402


@pytest.fixture(scope="session")
def url() -> str:
    """The URL of the run's broker."""
    return coinstage.shared_broker().url()


@pytest.fixture(scope="session")
def client(url: str) -> Iterator[RpcClient]:
    """A client of that broker."""
    client = RpcClient(url, "tests")
    yield client
    client.close()


@pytest.fixture(scope="module")
def mint(url: str, client: RpcClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[coinstage.Sample]:
    """The sample service mint, serving."""
    sample = coinstage.Sample("mint", tmp_path_factory.mktemp("mint"), url).start()
    coinstage.eventually(lambda: coinstage.serves(client, "mint"), what="the mint serves")
    yield sample
    sample.stop()


@pytest.fixture(scope="module")
def purse(url: str, client: RpcClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[coinstage.Sample]:
    """The sample service purse, serving."""
    sample = coinstage.Sample("purse", tmp_path_factory.mktemp("purse"), url).start()
    coinstage.eventually(lambda: coinstage.serves(client, "purse"), what="the purse serves")
    yield sample
    sample.stop()
