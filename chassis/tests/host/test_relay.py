"""Promises of the relay: what is committed is published, in order per subject, and never lost."""

import importlib
import json
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

import coinstage
import pytest
from coinstage import Sample, eventually, numbers, strike
from mint.app import application as mint_application

from chassis.client import RpcClient
from chassis.core import Office
from chassis.core.config import load
from chassis.testing.postgresql import private_postgresql

pytestmark = pytest.mark.slow


def office_of(sample: Sample) -> Office:
    """The sample's office, opened in the test's own process."""
    application = importlib.import_module(f"{sample.package}.app").application
    return Office(application, load(sample.package, sample.environment))


def perform(office: Office, command: str, name: str, root: str | None = None, **data: object) -> str:
    """One act without a broker; returns the root."""
    version = office.get({"id": root})["version"] if root else None
    request = {"command": command, "kind": "coin", "act": name, "id": root, "expects": version, "data": data}
    identifier: str = office.perform(request)["root"]
    return identifier


def test_a_commit_wakes_the_relay(client: RpcClient, mint: Sample, url: str) -> None:
    with coinstage.channel_of(url) as channel:
        queue = channel.queue_declare(exclusive=True).queue
        channel.queue_bind(queue, "zhaohui.events", "mint.#")
        waits = []
        for _ in range(7):
            began = time.monotonic()
            strike(client)
            eventually(lambda: channel.basic_get(queue, no_ack=True), what="the fact arrives")
            waits.append(time.monotonic() - began)
    assert statistics.median(waits) < 0.4, "it must not wait for the relay's poll of a second"


def test_a_relay_killed_between_publish_and_delete_doubles_nothing_at_the_receiver(
    client: RpcClient, purse: Sample, url: str, tmp_path: Path
) -> None:
    sample = Sample("mint", tmp_path, url)
    office = office_of(sample)
    coin = perform(office, "command-strike", "strike")
    for number in (1, 2, 3):
        perform(office, f"command-mark-{number}", "mark", coin, number=number)
    command = [sys.executable, str(coinstage.SAMPLES / "relay_that_dies.py")]
    ended = subprocess.run(command, env=sample.environment, check=False, timeout=30)
    assert ended.returncode == -9
    eventually(lambda: numbers(client, coin) == [1, 2, 3], what="the facts were published before it was killed")
    assert office.outbox.waiting() == 4, "and are still in the outbox"
    perform(office, "command-mark-4", "mark", coin, number=4)
    sample.start("relay")
    eventually(lambda: numbers(client, coin) == [1, 2, 3, 4], what="the next relay goes on")
    eventually(lambda: office.outbox.waiting() == 0, what="the outbox is empty")
    assert numbers(client, coin) == [1, 2, 3, 4]
    assert sample.stop() == 0


def test_a_fact_that_no_queue_takes_stays_in_the_outbox(client: RpcClient, mint: Sample, url: str) -> None:
    office = office_of(mint)
    bindings = [("zhaohui.archive", "#"), ("purse.events", "mint.coin.#")]
    with coinstage.channel_of(url) as channel:
        for queue, key in bindings:
            channel.queue_unbind(queue, "zhaohui.events", key)
        try:
            strike(client)
            eventually(lambda: mint.said("no queue for mint.coin"), what="the return is logged")
            assert office.outbox.waiting() == 1
        finally:
            for queue, key in bindings:
                channel.queue_bind(queue, "zhaohui.events", key)
    eventually(lambda: office.outbox.waiting() == 0, what="it is published when there is a queue")


def test_two_relays_on_one_database_neither_double_nor_reorder(url: str, tmp_path: Path) -> None:
    with private_postgresql() as cluster, cluster.lent(mint_application) as database, ExitStack() as ended:
        samples = [Sample("mint", tmp_path / name, url, database) for name in ("one", "two")]
        office = office_of(samples[0])
        ended.callback(office.close)
        with coinstage.channel_of(url) as channel:
            queue = channel.queue_declare(exclusive=True).queue
            channel.queue_bind(queue, "zhaohui.events", "mint.#")
            relays = [sample.start("relay") for sample in samples]
            for relay in relays:
                ended.callback(relay.stop)
                eventually(lambda r=relay: r.said("relay is up"), what="both relays work")  # type: ignore[misc]
            expected = _strike_many(office)
            eventually(lambda: office.outbox.waiting() == 0, 30.0, "the outbox is empty")
            published: dict[str, list[int]] = defaultdict(list)
            while message := channel.basic_get(queue, no_ack=True):
                event = json.loads(message.body)
                published[event["subject"]].append(int(event["sequence"]))
        assert dict(published) == expected
        assert [relay.stop() for relay in relays] == [0, 0]


def _strike_many(office: Office) -> dict[str, list[int]]:
    """Leave facts of several coins in the outbox, interleaved; return what must be published: coin → sequences."""
    coins = [perform(office, f"command-strike-{number}", "strike") for number in range(12)]
    for turn in range(10):
        for number, coin in enumerate(coins):
            perform(office, f"command-mark-{number}-{turn}", "mark", coin, number=turn)
    return {coin: list(range(1, 12)) for coin in coins}
