"""The raw side of each comparison, in a process of its own: `python -m tests.bench.raw echo|publish|consume …`.

- `echo URL`: a bare nameko service `bare` whose method answers its argument.
- `publish URL COUNT WINDOW`: py-amqp, confirms pipelined WINDOW at a time, of facts like the mint's; prints seconds.
- `consume URL`: a bare nameko consumer of the purse's queue with the same transaction as the purse's.
"""

from __future__ import annotations

import sys
import time
import warnings
from typing import Any

FACT = "mint.coin.coin-struck"


def echo(url: str) -> None:
    """Answer with the argument."""
    from nameko.containers import ServiceContainer
    from nameko.rpc import rpc

    class Bare:
        """A bare nameko service."""

        name = "bare"

        @rpc  # type: ignore[untyped-decorator]
        def echo(self, request: Any) -> Any:
            """The answer in the form our client expects."""
            return {"ok": request}

    container = ServiceContainer(Bare, {"AMQP_URI": url})
    container.start()
    container.wait()


def publish(url: str, count: int, window: int) -> None:
    """Publish, waiting for the confirms of each window before the next."""
    import amqp
    import coinstage

    from chassis.broker import connect

    connection = connect(url, "raw")
    channel = amqp.Channel(connection)
    channel.open()
    channel.confirm_select()
    confirmed = 0

    def acked(tag: int, multiple: bool) -> None:
        nonlocal confirmed
        confirmed = tag if multiple else confirmed + 1

    channel.events["basic_ack"].add(acked)
    bodies = [coinstage.event(f"coin_{number}", 1, "coin-struck") for number in range(count)]
    began = time.perf_counter()
    for start in range(0, count, window):
        for body in bodies[start : start + window]:
            message = amqp.Message(body, delivery_mode=2, content_type="application/cloudevents+json")
            channel.basic_publish(message, "zhaohui.events", FACT, mandatory=True)
        while confirmed < min(start + window, count):
            connection.drain_events(timeout=30)
    print(time.perf_counter() - began)
    connection.close()


def consume(url: str) -> None:
    """Receive one fact a transaction, as a bare nameko consumer does."""
    from kombu import Queue
    from nameko.containers import ServiceContainer
    from nameko.messaging import consume as consumes
    from purse.app import application

    from chassis.core import Office
    from chassis.core.config import load

    office = Office(application, load("purse"))

    class Bare:
        """A bare nameko consumer."""

        name = "bare_purse"

        @consumes(Queue("purse.events", no_declare=True))  # type: ignore[untyped-decorator]
        def take(self, body: bytes) -> None:
            """The same transaction as the purse's."""
            (receipt,) = office.receive([body])
            if receipt.outcome != "taken":
                raise RuntimeError(receipt.outcome)

    container = ServiceContainer(Bare, {"AMQP_URI": url})
    container.start()
    container.wait()


if __name__ == "__main__":
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    what, *arguments = sys.argv[1:]
    if what == "publish":
        publish(arguments[0], int(arguments[1]), int(arguments[2]))
    else:
        import eventlet

        eventlet.monkey_patch()
        {"echo": echo, "consume": consume}[what](*arguments)
