"""Promises of a broker connection: it is restored after every failure, and ends when it is stopped."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import coinstage
import pytest

from chassis.broker import AmqpConnection, BrokerConnection

pytestmark = pytest.mark.slow


@contextmanager
def running(broker: BrokerConnection) -> Iterator[threading.Thread]:
    """The connection, run by a thread."""
    thread = threading.Thread(target=broker.run)
    thread.start()
    yield thread
    broker.stop()
    thread.join(10.0)


def test_a_connection_is_restored_after_an_error_that_nobody_foresaw(url: str) -> None:
    opened: list[int] = []

    def fail_once(connection: AmqpConnection) -> None:
        opened.append(1)
        if len(opened) == 1:
            raise KeyError("a callback at fault")

    broker = BrokerConnection(url, "test", fail_once)
    with running(broker):
        coinstage.eventually(lambda: broker.up, what="the connection is open")
    assert len(opened) == 2


def test_a_connection_that_is_stopped_ends_soon(url: str) -> None:
    broker = BrokerConnection(url, "test", lambda connection: None)
    with running(broker) as thread:
        coinstage.eventually(lambda: broker.up, what="the connection is open")
    assert not thread.is_alive()


def test_the_owner_learns_that_the_connection_is_lost(url: str) -> None:
    losses: list[int] = []
    broker = BrokerConnection(url, "test", lambda connection: None, lambda: losses.append(1))
    with running(broker):
        coinstage.eventually(lambda: broker.up, what="the connection is open")
        assert broker.connection is not None
        broker.connection.sock.shutdown(2)
        coinstage.eventually(lambda: losses and broker.up, what="the owner is called and the connection is open again")
    assert losses == [1, 1]
