"""Promises of the RPC client: one connection for all threads, each answer to its caller, an end to every wait."""

import os
import subprocess
import threading
import time
from pathlib import Path

import coinstage
import pytest
from coinstage import Sample

from chassis.client import Away, RpcClient, UnknownOutcome
from chassis.core.errors import Refusal
from ops.ports import free_ports

pytestmark = pytest.mark.slow


def test_fifty_threads_each_get_their_own_answers(client: RpcClient, purse: Sample) -> None:
    wrong: list[object] = []

    def ask(number: int) -> None:
        for turn in range(20):
            request = {"from": number, "turn": turn}
            answer = client.call("purse", "echo", request, 10.0)
            if answer != request:
                wrong.append((request, answer))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_refusal_is_rebuilt_from_its_data(client: RpcClient, purse: Sample) -> None:
    with pytest.raises(Refusal) as refused:
        client.call("purse", "perform", {"command": "a-command-id", "data": 5}, 5.0)
    assert (refused.value.code, refused.value.status) == ("invalid", 422)
    assert "" in refused.value.errors


def test_a_service_without_a_queue_is_away_at_once(client: RpcClient, purse: Sample) -> None:
    began = time.monotonic()
    with pytest.raises(Away) as away:
        client.call("nobody", "get", {}, 10.0)
    assert time.monotonic() - began < 2.0
    assert away.value.service == "nobody"
    assert client.call("purse", "echo", {"after": 1}, 5.0) == {"after": 1}


def test_concurrent_calls_learn_which_service_is_there_and_which_is_not(client: RpcClient, purse: Sample) -> None:
    answered: dict[int, bool] = {}

    def ask(number: int) -> None:
        try:
            client.call("nobody" if number % 2 else "purse", "echo", {}, 5.0)
            answered[number] = True
        except Away:
            answered[number] = False

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answered == {number: number % 2 == 0 for number in range(20)}


def test_a_queue_that_nobody_consumes_is_away_at_once(client: RpcClient, url: str) -> None:
    with coinstage.channel_of(url) as channel:
        channel.queue_declare("rpc-asleep", durable=True, auto_delete=False)
        channel.queue_bind("rpc-asleep", "nameko-rpc", "asleep.*")
        began = time.monotonic()
        with pytest.raises(Away):
            client.call("asleep", "get", {}, 10.0)
        assert time.monotonic() - began < 2.0
        assert channel.queue_declare("rpc-asleep", passive=True).message_count == 0, "nothing was left in the queue"
        channel.queue_delete("rpc-asleep")


def test_a_call_that_is_not_answered_in_time_has_an_unknown_outcome(
    client: RpcClient, purse: Sample, tmp_path: Path
) -> None:
    began = time.monotonic()
    with pytest.raises(UnknownOutcome):
        client.call("purse", "slowly", {"seconds": 2, "file": str(tmp_path / "ran")}, 0.5)
    assert 0.4 < time.monotonic() - began < 1.5
    assert client.call("purse", "echo", {"after": 2}, 5.0) == {"after": 2}


def test_an_expired_call_never_reaches_the_service(url: str, client: RpcClient, tmp_path: Path) -> None:
    """The queue has a consumer that acknowledges nothing: the message must expire."""
    with coinstage.channel_of(url) as channel:
        channel.queue_declare("rpc-idle", durable=True, auto_delete=False)
        channel.queue_bind("rpc-idle", "nameko-rpc", "idle.*")
        channel.basic_qos(0, 1, False)
        channel.basic_consume("rpc-idle", callback=lambda message: None, on_cancel=lambda tag: None)
        for _ in range(2):  # the first is delivered and held, the second waits in the queue
            with pytest.raises(UnknownOutcome):
                client.call("idle", "get", {}, 0.3)
        coinstage.eventually(
            lambda: channel.queue_declare("rpc-idle", passive=True).message_count == 0,
            5.0,
            "the call expires in the queue",
        )
        channel.queue_delete("rpc-idle")


def test_without_a_broker_a_call_is_away_at_once(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    client = RpcClient(f"amqp://guest:guest@127.0.0.1:{port}//", "tests")
    for _ in range(3):
        began = time.monotonic()
        with pytest.raises(Away):
            client.call("purse", "echo", {}, 10.0)
        assert time.monotonic() - began < 2.0
    client.close()


def test_a_forked_child_opens_a_connection_of_its_own(client: RpcClient, purse: Sample) -> None:
    assert client.call("purse", "echo", {"who": "parent"}, 5.0) == {"who": "parent"}
    child = os.fork()
    if child == 0:
        answer = None
        try:
            answer = client.call("purse", "echo", {"who": "child"}, 10.0)
        finally:
            os._exit(0 if answer == {"who": "child"} else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert client.call("purse", "echo", {"who": "parent"}, 5.0) == {"who": "parent"}


def test_one_process_has_one_reply_queue_and_leaves_none_behind(url: str, purse: Sample) -> None:
    client = RpcClient(url, "counted")
    threads = [threading.Thread(target=client.call, args=("purse", "echo", {}, 5.0)) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_queues("counted.reply.")) == 1
    client.close()
    coinstage.eventually(lambda: _queues("counted.reply.") == [], 10.0, "the reply queue is deleted")


def _queues(prefix: str) -> list[str]:
    """Names of the broker's queues that begin with `prefix`."""
    broker = coinstage.shared_broker()
    command = ["/usr/lib/rabbitmq/bin/rabbitmqctl", "-q", "list_queues", "name", "--node", broker.name]
    done = subprocess.run(command, env=broker.environment(), capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split() if name.startswith(prefix)]
