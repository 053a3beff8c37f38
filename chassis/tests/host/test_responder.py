"""Promises of the responder: every call is answered or dropped; nothing a caller sends ends the process."""

import json
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import amqp
import coinstage
import pytest
from coinstage import Sample, eventually

from chassis.client import RpcClient
from chassis.core.errors import Refusal

pytestmark = pytest.mark.slow


def send(url: str, method: str, body: bytes, **properties: Any) -> None:
    """Publish a raw call to the purse."""
    with coinstage.channel_of(url) as channel:
        channel.basic_publish(amqp.Message(body, **properties), "nameko-rpc", f"purse.{method}")


def call_body(request: Any) -> bytes:
    """A call as nameko writes it."""
    return json.dumps({"args": [request], "kwargs": {}}).encode()


def test_a_method_that_raises_answers_internal_without_details(client: RpcClient, purse: Sample) -> None:
    before = client.call("purse", "pid", {}, 5.0)
    with pytest.raises(Refusal) as refused:
        client.call("purse", "raises", {}, 5.0)
    assert refused.value.code == "internal"
    assert "secret" not in json.dumps(refused.value.to_dict())
    assert client.call("purse", "pid", {}, 5.0) == before


def test_an_answer_that_cannot_be_serialised_is_internal(client: RpcClient, purse: Sample) -> None:
    with pytest.raises(Refusal) as refused:
        client.call("purse", "strange", {}, 5.0)
    assert refused.value.code == "internal"
    assert client.call("purse", "echo", {"still": "here"}, 5.0) == {"still": "here"}


def test_a_method_that_is_not_there_is_refused(client: RpcClient, purse: Sample) -> None:
    with pytest.raises(Refusal) as refused:
        client.call("purse", "steal", {}, 5.0)
    assert refused.value.code == "not-found"


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{}", b"[]", call_body("no object"), b'{"args": [], "kwargs": {}}'])
def test_a_call_that_cannot_be_read_is_refused_and_the_process_goes_on(
    client: RpcClient, purse: Sample, url: str, body: bytes
) -> None:
    before = client.call("purse", "pid", {}, 5.0)
    with coinstage.channel_of(url) as channel:
        queue = channel.queue_declare(exclusive=True).queue
        channel.queue_bind(queue, "nameko-rpc", queue)
        message = amqp.Message(body, reply_to=queue, correlation_id="7")
        channel.basic_publish(message, "nameko-rpc", "purse.echo")
        answer = eventually(lambda: channel.basic_get(queue, no_ack=True), what="an answer")
    assert answer.properties["correlation_id"] == "7"
    assert json.loads(answer.body)["result"]["refused"]["code"] == "invalid"
    assert client.call("purse", "pid", {}, 5.0) == before


def test_a_call_without_reply_to_is_run_and_acknowledged(client: RpcClient, purse: Sample, url: str) -> None:
    before = client.call("purse", "pid", {}, 5.0)
    mark = purse.folder / f"ran-{uuid.uuid4()}"
    send(url, "slowly", call_body({"seconds": 0, "file": str(mark)}))
    eventually(mark.exists, what="the call was run")
    assert client.call("purse", "pid", {}, 5.0) == before
    assert mark.read_text() == "."


def test_a_call_whose_deadline_is_over_is_dropped(client: RpcClient, purse: Sample, url: str) -> None:
    late, fresh = purse.folder / f"late-{uuid.uuid4()}", purse.folder / f"fresh-{uuid.uuid4()}"
    past, future = int(time.time() * 1000) - 1, int(time.time() * 1000) + 60_000
    for mark, deadline in ((late, past), (fresh, future)):
        body = call_body({"seconds": 0, "file": str(mark)})
        send(url, "slowly", body, application_headers={"deadline": deadline})
    eventually(fresh.exists, what="the call in time was run")
    assert not late.exists()


def test_slow_calls_are_answered_side_by_side(client: RpcClient, purse: Sample, tmp_path: Path) -> None:
    began = time.monotonic()
    request = {"seconds": 0.5, "file": str(tmp_path / "ran")}
    threads = [threading.Thread(target=client.call, args=("purse", "slowly", request, 5.0)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began < 2.0
    assert (tmp_path / "ran").read_text() == "." * 8


def test_a_repeated_command_gets_the_first_answer(client: RpcClient, mint: Sample) -> None:
    request = {"command": str(uuid.uuid4()), "kind": "coin", "act": "strike", "data": {}}
    first = client.call("mint", "perform", request, 5.0)
    again = client.call("mint", "perform", request, 5.0)
    assert again["root"] == first["root"]
    assert again["repeat"]


def test_a_bare_nameko_caller_is_understood(purse: Sample, url: str) -> None:
    """Another department may use nameko's own proxy; it runs in a process of its own, because it needs the monkey patch."""
    code = f"""
import eventlet; eventlet.monkey_patch()
from nameko.standalone.rpc import ClusterRpcProxy
with ClusterRpcProxy({{"AMQP_URI": {url!r}}}, timeout=10) as services:
    print(services.purse.echo({{"a": 1}}))
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "{'ok': {'a': 1}}", done.stderr
