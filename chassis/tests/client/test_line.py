"""Promises of a line: it comes back whatever happens on it, and ends when it is told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import coinstage
import pytest

from chassis.line import Connection, Line

pytestmark = pytest.mark.slow


@contextmanager
def running(line: Line) -> Iterator[threading.Thread]:
    """The line, held by a thread."""
    thread = threading.Thread(target=line.run)
    thread.start()
    yield thread
    line.stop()
    thread.join(10.0)


def test_a_line_comes_back_after_a_fault_that_nobody_foresaw(url: str) -> None:
    opened: list[int] = []

    def open_badly_once(connection: Connection) -> None:
        opened.append(1)
        if len(opened) == 1:
            raise KeyError("a callback at fault")

    line = Line(url, "test", open_badly_once)
    with running(line):
        coinstage.eventually(lambda: line.up, what="the line stands")
    assert len(opened) == 2


def test_a_line_that_is_told_to_stop_ends_soon(url: str) -> None:
    line = Line(url, "test", lambda connection: None)
    with running(line) as thread:
        coinstage.eventually(lambda: line.up, what="the line stands")
    assert not thread.is_alive()


def test_what_the_owner_waits_for_is_ended_when_the_line_is_lost(url: str) -> None:
    lost: list[int] = []
    line = Line(url, "test", lambda connection: None, lambda: lost.append(1))
    with running(line):
        coinstage.eventually(lambda: line.up, what="the line stands")
        assert line.connection is not None
        line.connection.sock.shutdown(2)
        coinstage.eventually(lambda: lost and line.up, what="the loss is told and the line stands again")
    assert lost == [1, 1]
