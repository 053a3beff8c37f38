"""Faults of a deployment on real processes: the broker killed, the service killed, and what callers get then."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import coinstage
import pytest
from coinstage import Sample, act, eventually, numbers, serves, strike

from chassis.client import Away, RpcClient, UnknownOutcome
from ops.runtime.broker import PrivateBroker

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateBroker]:
    """A broker that these tests may kill."""
    with coinstage.new_broker(tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture(scope="module")
def url(broker: PrivateBroker) -> str:
    """Its URL."""
    return broker.url()


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[RpcClient]:
    """A client of it."""
    client = RpcClient(url, "tests")
    yield client
    client.close()


@pytest.fixture(scope="module")
def samples(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sample, Sample]]:
    """Mint and purse with their databases."""
    folder = tmp_path_factory.mktemp("services")
    samples = (Sample("mint", folder / "mint", url), Sample("purse", folder / "purse", url))
    yield samples
    for sample in samples:
        sample.stop()


@pytest.fixture
def services(broker: PrivateBroker, client: RpcClient, samples: tuple[Sample, Sample]) -> tuple[Sample, Sample]:
    """Mint and purse, serving, whatever state the test before left them in."""
    broker.start()
    for sample in samples:
        if not sample.alive:
            sample.start()
    for sample in samples:
        eventually(lambda s=sample: serves(client, s.package), what="it serves")  # type: ignore[misc]
    return samples


def test_a_process_killed_in_a_handler_leaves_one_effect(client: RpcClient, services: tuple[Sample, Sample]) -> None:
    purse = services[1]
    (purse.moods / "die").touch()
    coin = strike(client, 1, 2, mood="die")
    eventually(lambda: not purse.alive, what="the purse ended in its handler")
    (purse.moods / "die").unlink()
    purse.start()
    eventually(lambda: numbers(client, coin) == [1, 2], what="both are taken once after the restart")


def test_a_fact_that_kills_the_process_each_time_is_parked_by_the_broker(
    client: RpcClient, services: tuple[Sample, Sample]
) -> None:
    purse = services[1]
    (purse.moods / "die-always").touch()
    coin = strike(client, 1, mood="die-always")
    restarts = 0

    def restarted_until_it_serves() -> bool:
        nonlocal restarts
        if not purse.alive:
            restarts += 1
            purse.start()
        return restarts > coinstage.DELIVERY_LIMIT and serves(client, "purse")

    eventually(restarted_until_it_serves, 60.0, "the broker stops delivering it")
    eventually(lambda: coin in purse.command("parked").stdout, what="it is parked")
    assert '"crashed"' in purse.command("parked").stdout
    (purse.moods / "die-always").unlink()
    assert purse.command("parked", "replay", "all").returncode == 0
    eventually(lambda: numbers(client, coin) == [1], what="it is taken after the replay")


def test_everything_reconnects_after_the_broker_was_killed_while_idle(
    broker: PrivateBroker, client: RpcClient, services: tuple[Sample, Sample]
) -> None:
    coin = strike(client, 1)
    pids = [sample.process.pid for sample in services if sample.process]
    broker.kill()
    eventually(lambda: not serves(client, "mint"), what="the client notices")
    began = time.monotonic()
    with pytest.raises(Away):
        client.call("mint", "health", {}, 10.0)
    assert time.monotonic() - began < 2.0
    broker.start()
    eventually(lambda: serves(client, "mint") and serves(client, "purse"), 15.0, "both serve again")
    act(client, "mint", "mark", coin, number=2)
    eventually(lambda: numbers(client, coin) == [1, 2], what="facts arrive again")
    assert [sample.process.pid for sample in services if sample.process] == pids
    assert all(sample.alive for sample in services)


def test_the_broker_killed_during_a_call_ends_the_wait_and_no_process(
    broker: PrivateBroker, client: RpcClient, services: tuple[Sample, Sample], tmp_path: Path
) -> None:
    purse = services[1]
    ran = tmp_path / "ran"
    outcome: list[object] = []

    def ask() -> None:
        try:
            outcome.append(client.call("purse", "slowly", {"seconds": 3, "file": str(ran)}, 30.0))
        except UnknownOutcome as unknown:
            outcome.append(unknown)

    pid = client.call("purse", "pid", {}, 5.0)
    caller = threading.Thread(target=ask)
    caller.start()
    eventually(lambda: client.call("purse", "echo", {}, 5.0) == {}, what="the call before this one was sent")
    broker.kill()
    caller.join(5.0)
    assert isinstance(outcome[0], UnknownOutcome)
    eventually(ran.exists, what="the work is done although it cannot be answered")
    broker.start()
    eventually(lambda: serves(client, "purse"), 15.0, "the purse serves again")
    assert client.call("purse", "pid", {}, 5.0) == pid
    assert purse.alive


def test_acts_committed_while_the_broker_is_away_are_published_when_it_is_back(
    broker: PrivateBroker, client: RpcClient, services: tuple[Sample, Sample]
) -> None:
    from test_relay import office_of, perform

    office = office_of(services[0])
    broker.kill()
    coin = perform(office, "command-strike", "strike")
    perform(office, "command-mark-1", "mark", coin, number=1)
    assert office.outbox.waiting() == 2
    broker.start()
    eventually(lambda: numbers(client, coin) == [1], 20.0, "the facts arrive")
    assert office.outbox.waiting() == 0


def test_a_service_starts_without_a_broker_and_serves_when_it_comes(
    broker: PrivateBroker, client: RpcClient, services: tuple[Sample, Sample]
) -> None:
    purse = services[1]
    assert purse.stop() == 0
    broker.kill()
    purse.log.unlink()
    purse.start()
    eventually(lambda: purse.log.exists() and purse.said("is down"), what="it says that the broker is away")
    assert purse.alive
    broker.start()
    eventually(lambda: serves(client, "purse"), 15.0, "it serves")
    assert purse.stop() == 0


def test_sigterm_ends_a_service_whose_broker_is_away(
    broker: PrivateBroker, client: RpcClient, services: tuple[Sample, Sample]
) -> None:
    broker.kill()
    began = time.monotonic()
    assert [sample.stop() for sample in services] == [0, 0]
    assert time.monotonic() - began < 15.0
    broker.start()


def test_health_says_what_is_wrong(broker: PrivateBroker, client: RpcClient, services: tuple[Sample, Sample]) -> None:
    purse = services[1]
    healthy = purse.command("health")
    assert healthy.returncode == 0, healthy.stdout
    purse.stop()
    stopped = purse.command("health")
    assert stopped.returncode == 1
    assert "no process answers calls" in stopped.stdout
