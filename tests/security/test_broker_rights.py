"""On the broker each service is a user of its own: it publishes its own facts, reads its own queues, and no others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import amqp
import pytest
from amqp.exceptions import AccessRefused

from chassis.host.topology import ARCHIVE_STREAM, EVENTS_EXCHANGE, RPC_EXCHANGE
from ops.layout import GATEWAY, SERVICES
from ops.runtime.connection import connect
from ops.runtime.stack import Stack

pytestmark = pytest.mark.slow
NEIGHBOUR = dict(zip(SERVICES, (*SERVICES[1:], SERVICES[0]), strict=True))
OpenChannel = Callable[[str], amqp.Channel]


@pytest.fixture
def open_channel(stack: Stack) -> Iterator[OpenChannel]:
    """`open_channel("recall")`: a channel as that user."""
    connections: list[amqp.Connection] = []

    def channel(user: str) -> amqp.Channel:
        connections.append(connect(stack.amqp_url(user)))
        return connections[-1].channel()

    yield channel
    for connection in connections:
        connection.close()


def publish(channel: amqp.Channel, exchange: str, key: str) -> None:
    """Publish and wait until the broker has taken or refused it."""
    channel.confirm_select()
    channel.basic_publish(amqp.Message(json.dumps({}), content_type="application/json"), exchange, key)
    channel.wait(amqp.spec.Basic.Ack, timeout=10)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_cannot_publish_the_facts_of_another(open_channel: OpenChannel, service: str) -> None:
    with pytest.raises(AccessRefused, match=r"(?i)access to topic"):
        publish(open_channel(service), EVENTS_EXCHANGE, f"{NEIGHBOUR[service]}.case.recall-notified")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("queue", ["events", "retry", "parked"])
def test_a_service_cannot_read_the_queues_of_another(open_channel: OpenChannel, service: str, queue: str) -> None:
    with pytest.raises(AccessRefused):
        open_channel(service).basic_get(f"{NEIGHBOUR[service]}.{queue}")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_cannot_take_calls_meant_for_another(open_channel: OpenChannel, service: str) -> None:
    with pytest.raises(AccessRefused):
        open_channel(service).basic_consume(f"rpc-{NEIGHBOUR[service]}")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_cannot_act_on_another_by_a_call(open_channel: OpenChannel, service: str) -> None:
    with pytest.raises(AccessRefused):
        publish(open_channel(service), RPC_EXCHANGE, f"{NEIGHBOUR[service]}.perform")


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY])
def test_nobody_puts_a_message_into_a_queue_past_the_exchanges(open_channel: OpenChannel, user: str) -> None:
    with pytest.raises(AccessRefused):
        publish(open_channel(user), "", "notify.events" if user != "notify" else "recall.events")


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY])
def test_nobody_declares_or_binds_a_queue_of_its_own(open_channel: OpenChannel, user: str) -> None:
    with pytest.raises(AccessRefused):
        open_channel(user).queue_declare("listening-in")
    with pytest.raises(AccessRefused):
        open_channel(user).queue_bind(f"{user}.events", EVENTS_EXCHANGE, "#")


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY])
def test_nobody_but_the_operator_reads_the_archive(open_channel: OpenChannel, user: str) -> None:
    with pytest.raises(AccessRefused):
        channel = open_channel(user)
        channel.basic_qos(0, 1, False)
        channel.basic_consume(ARCHIVE_STREAM, arguments={"x-stream-offset": "first"})


def test_the_gateway_publishes_no_facts_and_reads_no_queue_of_a_service(open_channel: OpenChannel) -> None:
    with pytest.raises(AccessRefused):
        publish(open_channel(GATEWAY), EVENTS_EXCHANGE, "recall.recall.plan-filed")
    for service in SERVICES:
        with pytest.raises(AccessRefused):
            open_channel(GATEWAY).basic_get(f"{service}.events")


def test_the_rights_that_are_needed_are_there(open_channel: OpenChannel) -> None:
    """So that the refusals above are not those of users who may do nothing: the operator may do all of it."""
    with open_channel("ops") as channel:
        for service in SERVICES:
            assert channel.queue_declare(f"{service}.parked", passive=True).message_count == 0
