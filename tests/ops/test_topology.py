"""The generated definitions on a real node: every queue exists, and every user has its rights and no others."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import amqp
import pytest
from amqp.exceptions import AccessRefused, NotFound

from ops.generate import topology
from ops.runtime.broker import PrivateBroker

SERVICES: list[topology.ServiceTopology] = [
    {"service": "investigation", "listens": ["notify.document", "experts.panel"]},
    {"service": "notify", "listens": ["investigation.case"]},
]
PASSWORDS = {name: f"{name}-secret" for name in ("investigation", "notify", "gateway", "ops")}


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateBroker]:
    folder: Path = tmp_path_factory.mktemp("broker")
    path = topology.write(folder / "definitions.json", SERVICES, PASSWORDS)
    with PrivateBroker(folder / "node", users=PASSWORDS, definitions=path) as node:
        yield node


@pytest.fixture
def channel(broker: PrivateBroker, request: pytest.FixtureRequest) -> Iterator[amqp.Channel]:
    """A confirming channel of the user named by the test's parameter."""
    user = request.param
    with amqp.Connection(
        f"127.0.0.1:{broker.port}", userid=user, password=PASSWORDS[user], confirm_publish=True
    ) as connection:
        yield connection.channel()


def as_user(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("channel", [name], indirect=True)


def test_a_password_hash_has_its_salt_before_the_digest() -> None:
    raw = base64.b64decode(topology.password_hash("召回", b"salt"))
    assert raw[:4] == b"salt"
    assert raw[4:] == hashlib.sha256(b"salt" + "召回".encode()).digest()


def test_the_passwords_themselves_are_not_in_the_definitions(tmp_path: Path) -> None:
    path = topology.write(tmp_path / "definitions.json", SERVICES, PASSWORDS)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not any(password in path.read_text() for password in PASSWORDS.values())


@as_user("ops")
def test_every_declared_queue_exists_as_soon_as_the_broker_answers(channel: amqp.Channel) -> None:
    for row in topology.definitions(SERVICES, PASSWORDS)["queues"]:
        assert channel.queue_declare(row["name"], passive=True).queue == row["name"]


@as_user("notify")
def test_a_fact_reaches_the_services_that_listen_to_its_kind_of_root(
    channel: amqp.Channel, broker: PrivateBroker
) -> None:
    channel.basic_publish(amqp.Message("served"), "zhaohui.events", "notify.document.document-served", mandatory=True)
    with amqp.Connection(
        f"127.0.0.1:{broker.port}", userid="investigation", password=PASSWORDS["investigation"]
    ) as listener:
        message = listener.channel().basic_get("investigation.events", no_ack=True)
    assert message is not None and message.body == "served"


@as_user("investigation")
def test_a_fact_in_the_retry_queue_is_delivered_again_after_its_delay(channel: amqp.Channel) -> None:
    bodies: list[str] = []
    channel.basic_publish(amqp.Message("again"), "investigation.requeue", "investigation.retry", mandatory=True)
    channel.basic_consume("investigation.events", callback=lambda message: bodies.append(message.body), no_ack=True)
    channel.connection.drain_events(timeout=10)
    assert bodies == ["again"]


@as_user("investigation")
def test_a_message_that_is_returned_too_often_is_parked(channel: amqp.Channel) -> None:
    bodies: list[str] = []
    channel.basic_publish(amqp.Message("poison"), "investigation.requeue", "investigation.events")
    channel.basic_consume("investigation.parked", callback=lambda message: bodies.append(message.body), no_ack=True)
    tag = channel.basic_consume(
        "investigation.events", callback=lambda message: channel.basic_reject(message.delivery_tag, requeue=True)
    )
    while not bodies:
        channel.connection.drain_events(timeout=10)
    channel.basic_cancel(tag)
    assert bodies == ["poison"]


@as_user("investigation")
def test_a_service_cannot_publish_a_fact_of_another(channel: amqp.Channel) -> None:
    with pytest.raises(AccessRefused):
        channel.basic_publish(amqp.Message("forged"), "zhaohui.events", "notify.document.document-served")


@as_user("investigation")
def test_a_service_cannot_read_the_queue_of_another(channel: amqp.Channel) -> None:
    with pytest.raises(AccessRefused):
        channel.basic_get("notify.events")


@as_user("investigation")
def test_a_service_cannot_reach_the_queues_of_others_by_the_default_exchange(channel: amqp.Channel) -> None:
    with pytest.raises(AccessRefused):
        channel.basic_publish(amqp.Message("forged"), "", "notify.events")


@as_user("investigation")
def test_a_service_cannot_change_its_declared_queues(channel: amqp.Channel) -> None:
    with pytest.raises(AccessRefused):
        channel.queue_delete("investigation.events")


@as_user("investigation")
def test_a_service_may_ask_another_to_read_but_not_to_act(channel: amqp.Channel) -> None:
    channel.basic_publish(amqp.Message("?"), "nameko-rpc", "notify.get")
    with pytest.raises(AccessRefused):
        channel.basic_publish(amqp.Message("!"), "nameko-rpc", "notify.perform")


@as_user("notify")
def test_nameko_can_keep_the_queue_of_its_calls(channel: amqp.Channel) -> None:
    channel.exchange_declare("nameko-rpc", "topic", durable=True, auto_delete=False)
    channel.queue_declare("rpc-notify", durable=True, auto_delete=False)
    channel.queue_bind("rpc-notify", "nameko-rpc", "notify.*")
    with pytest.raises(AccessRefused):
        channel.queue_bind("rpc-notify", "nameko-rpc", "investigation.*")


@as_user("gateway")
def test_the_gateway_can_call_and_receive_the_answer_on_its_own_queue(channel: amqp.Channel) -> None:
    channel.queue_declare("gateway.reply.1", exclusive=True)
    channel.queue_bind("gateway.reply.1", "nameko-rpc", "gateway.reply.1")
    channel.basic_publish(amqp.Message("?"), "nameko-rpc", "notify.describe")
    with pytest.raises(AccessRefused):
        channel.basic_publish(amqp.Message("fact"), "zhaohui.events", "investigation.case.opened")


@as_user("gateway")
def test_a_queue_that_nobody_declared_does_not_exist(channel: amqp.Channel) -> None:
    with pytest.raises(NotFound):
        channel.queue_declare("gateway.reply.unknown", passive=True)
