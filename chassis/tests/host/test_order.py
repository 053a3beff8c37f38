"""Promises of two processes of one service on PostgreSQL: one effect of each fact, in order per subject."""

from contextlib import ExitStack
from pathlib import Path

import coinstage
import pytest
from coinstage import Sample, eventually, numbers
from purse.app import application as purse

from chassis.client import RpcClient
from chassis.core.ids import new_id
from chassis.testing.postgresql import private_postgresql

pytestmark = pytest.mark.slow


def test_two_consumers_keep_the_order_of_each_subject(url: str, client: RpcClient, tmp_path: Path) -> None:
    with private_postgresql() as cluster, cluster.lent(purse) as database, ExitStack() as ended:
        samples = [Sample("purse", tmp_path / name, url, database).start() for name in ("one", "two")]
        for sample in samples:
            ended.callback(sample.stop)
            eventually(lambda s=sample: s.said("service is up"), what="both serve")  # type: ignore[misc]
        eventually(lambda: coinstage.serves(client, "purse"), what="the purse answers")
        coins = [new_id("coin") for _ in range(10)]
        bodies = [coinstage.event(coin, 1, "coin-struck") for coin in coins]
        for number in range(1, 16):
            bodies += [coinstage.event(coin, number + 1, "coin-marked", number=number, mood="glad") for coin in coins]
        coinstage.tell(url, *bodies)
        for coin in coins:
            eventually(lambda c=coin: numbers(client, c) == list(range(1, 16)), 40.0, "all in order")  # type: ignore[misc]
        pids = {client.call("purse", "pid", {}, 5.0) for _ in range(20)}
        assert len(pids) == 2, "both processes took part"
        assert [sample.stop() for sample in samples] == [0, 0]
