"""On the broker each service is a user of its own: it tells its own facts, hears its own queues, and reaches nothing else."""

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
Enter = Callable[[str], amqp.Channel]


@pytest.fixture
def enter(stack: Stack) -> Iterator[Enter]:
    """`enter("recall")`: a channel as that user."""
    lines: list[amqp.Connection] = []

    def channel(user: str) -> amqp.Channel:
        lines.append(connect(stack.amqp_url(user)))
        return lines[-1].channel()

    yield channel
    for line in lines:
        line.close()


def publish(channel: amqp.Channel, exchange: str, key: str) -> None:
    """Publish and wait until the broker has taken or refused it."""
    channel.confirm_select()
    channel.basic_publish(amqp.Message(json.dumps({}), content_type="application/json"), exchange, key)
    channel.wait(amqp.spec.Basic.Ack, timeout=10)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_cannot_tell_the_facts_of_another(enter: Enter, service: str) -> None:
    with pytest.raises(AccessRefused, match=r"(?i)access to topic"):
        publish(enter(service), EVENTS_EXCHANGE, f"{NEIGHBOUR[service]}.case.recall-notified")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("queue", ["events", "retry", "parked"])
def test_a_service_cannot_read_the_queues_of_another(enter: Enter, service: str, queue: str) -> None:
    with pytest.raises(AccessRefused):
        enter(service).basic_get(f"{NEIGHBOUR[service]}.{queue}")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_cannot_take_calls_meant_for_another(enter: Enter, service: str) -> None:
    with pytest.raises(AccessRefused):
        enter(service).basic_consume(f"rpc-{NEIGHBOUR[service]}")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_cannot_act_on_another_by_a_call(enter: Enter, service: str) -> None:
    with pytest.raises(AccessRefused):
        publish(enter(service), RPC_EXCHANGE, f"{NEIGHBOUR[service]}.perform")


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY])
def test_nobody_puts_a_message_into_a_queue_past_the_exchanges(enter: Enter, user: str) -> None:
    with pytest.raises(AccessRefused):
        publish(enter(user), "", "notify.events" if user != "notify" else "recall.events")


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY])
def test_nobody_declares_or_binds_a_queue_to_listen_in(enter: Enter, user: str) -> None:
    with pytest.raises(AccessRefused):
        enter(user).queue_declare("listening-in")
    with pytest.raises(AccessRefused):
        enter(user).queue_bind(f"{user}.events", EVENTS_EXCHANGE, "#")


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY])
def test_nobody_but_the_operator_reads_the_archive(enter: Enter, user: str) -> None:
    with pytest.raises(AccessRefused):
        channel = enter(user)
        channel.basic_qos(0, 1, False)
        channel.basic_consume(ARCHIVE_STREAM, arguments={"x-stream-offset": "first"})


def test_the_gateway_tells_no_facts_and_reads_no_queue_of_a_service(enter: Enter) -> None:
    with pytest.raises(AccessRefused):
        publish(enter(GATEWAY), EVENTS_EXCHANGE, "recall.recall.plan-filed")
    for service in SERVICES:
        with pytest.raises(AccessRefused):
            enter(GATEWAY).basic_get(f"{service}.events")


def test_the_rights_that_are_needed_are_there(enter: Enter) -> None:
    """So that the refusals above are not those of users who may do nothing: the operator may do all of it."""
    with enter("ops") as channel:
        for service in SERVICES:
            assert channel.queue_declare(f"{service}.parked", passive=True).message_count == 0
