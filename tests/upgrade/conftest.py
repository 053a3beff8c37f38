"""Fixtures of the upgrade tests: the databases, and each service on a released database that has been upgraded."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chassis.testing import Cluster
from chassis.testing.fixtures import postgresql
from tests.upgrade.databases import RELEASED, Databases, application_of, sample_of
from tests.upgrade.play import Player

__all__ = ["postgresql"]


@pytest.fixture(scope="session")
def databases_of_the_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    def cluster() -> Cluster:
        running: Cluster = request.getfixturevalue("postgresql")
        return running

    return Databases(tmp_path_factory.mktemp("databases"), cluster)


@pytest.fixture
def databases(databases_of_the_run: Databases) -> Iterator[Databases]:
    yield databases_of_the_run
    databases_of_the_run.take_back()


@pytest.fixture
def open_service(databases: Databases, tmp_path: Path) -> Iterator[Callable[[str, str], Player]]:
    """`open_service("intake", "sqlite")` is intake on an upgraded database, with what the sample's player knew at its end."""
    players: list[Player] = []

    def opened(service: str, dialect: str) -> Player:
        player = Player(sample_of(service), application_of(service), tmp_path, databases.started(service, dialect))
        players.append(player)
        facts = json.loads((RELEASED / f"{service}.json").read_text(encoding="utf-8"))
        player.resume(facts["day"], facts["last"], facts["remembered"])
        return player

    yield opened
    for player in players:
        player.close()
