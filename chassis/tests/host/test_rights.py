"""The host and the client do all their work with the rights that `ops` generates, and no more."""

import json
from collections.abc import Iterator
from pathlib import Path

import amqp
import coinstage
import pytest
from amqp.exceptions import AccessRefused
from coinstage import Sample, act, eventually, numbers, serves

from chassis.client import RpcClient
from ops.generate.topology import OPERATOR, definitions
from ops.layout import GATEWAY
from ops.runtime.broker import PrivateBroker

pytestmark = pytest.mark.slow

USERS = {"mint": "one", "purse": "two", GATEWAY: "three", OPERATOR: "four"}


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateBroker]:
    """A broker with one user for each service, as `ops` defines them."""
    folder = tmp_path_factory.mktemp("broker")
    declared = [{"service": name, "listens": listens} for name, listens in coinstage.LISTENS.items()]
    path = folder / "definitions.json"
    path.write_text(json.dumps(definitions(declared, USERS)))  # type: ignore[arg-type]
    with PrivateBroker(folder / "broker", users=USERS, definitions=path) as broker:
        yield broker


@pytest.fixture(scope="module")
def client(broker: PrivateBroker) -> Iterator[RpcClient]:
    """The gateway's client."""
    client = RpcClient(broker.url(GATEWAY), GATEWAY)
    yield client
    client.close()


@pytest.fixture(scope="module")
def services(
    broker: PrivateBroker, client: RpcClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Sample]]:
    """Mint and purse, each with its own user."""
    folder = tmp_path_factory.mktemp("services")
    samples = [Sample(name, folder / name, broker.url(name)).start() for name in coinstage.LISTENS]
    for sample in samples:
        eventually(lambda s=sample: serves(client, s.package), what="it serves")  # type: ignore[misc]
    yield samples
    for sample in samples:
        sample.stop()


def test_calls_facts_retries_and_parking_work_with_the_generated_rights(
    client: RpcClient, services: list[Sample]
) -> None:
    purse = services[1]
    (purse.moods / "refuse").touch()
    coin = act(client, "mint", "strike")["root"]
    act(client, "mint", "mark", coin, number=1, mood="refuse")
    eventually(lambda: coin in purse.command("parked").stdout, 60.0, "it is parked after its tries")
    (purse.moods / "refuse").unlink()
    assert purse.command("parked", "replay", "all").returncode == 0
    eventually(lambda: numbers(client, coin) == [1], what="it is taken after the replay")
    assert purse.command("health").returncode == 0


def test_a_service_may_ask_another_to_read_and_not_to_act(broker: PrivateBroker, services: list[Sample]) -> None:
    asking = RpcClient(broker.url("mint"), "mint", inside=True)
    assert asking.call("purse", "describe", {}, 5.0)["service"] == "purse"
    with pytest.raises(Exception, match="purse"):
        asking.call("purse", "perform", {"command": "x" * 8, "kind": "coin", "act": "spend", "data": {}}, 2.0)
    asking.close()


def test_an_answer_to_where_the_service_may_not_write_harms_no_other_call(
    client: RpcClient, broker: PrivateBroker, services: list[Sample], tmp_path: Path
) -> None:
    pid = client.call("purse", "pid", {}, 5.0)
    with coinstage.channel_of(broker.url(OPERATOR)) as channel:
        body = json.dumps({"args": [{}], "kwargs": {}}).encode()
        message = amqp.Message(body, reply_to="mint.perform", correlation_id="1")
        channel.basic_publish(message, "nameko-rpc", "purse.echo")
    eventually(lambda: services[1].said("an answer was refused"), what="the broker refuses the answer")
    assert client.call("purse", "pid", {}, 5.0) == pid


def test_a_service_may_not_publish_facts_of_another(broker: PrivateBroker, services: list[Sample]) -> None:
    with pytest.raises(AccessRefused), coinstage.channel_of(broker.url("purse")) as channel:
        channel.confirm_select()
        channel.basic_publish(amqp.Message(b"{}", delivery_mode=2), "zhaohui.events", "mint.coin.coin-struck")
        channel.connection.drain_events(timeout=5)


@pytest.mark.parametrize(("exchange", "key"), [("zhaohui.events", "#"), ("nameko-rpc", "mint.*")])
def test_a_service_may_not_bind_its_retry_queue_to_what_is_meant_for_another(
    broker: PrivateBroker, exchange: str, key: str
) -> None:
    with pytest.raises(AccessRefused), coinstage.channel_of(broker.url("purse")) as channel:
        channel.queue_bind("purse.retry", exchange, key)


def test_a_service_may_not_use_the_requeue_exchange_of_another(broker: PrivateBroker) -> None:
    with pytest.raises(AccessRefused), coinstage.channel_of(broker.url("purse")) as channel:
        channel.confirm_select()
        channel.basic_publish(amqp.Message(b"{}", delivery_mode=2), "mint.requeue", "mint.events")
        channel.connection.drain_events(timeout=5)
