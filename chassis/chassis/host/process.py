"""The process of a service, or of its relay alone: start, wait for SIGTERM or SIGINT, stop in time."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

import eventlet
import structlog
from nameko.containers import ServiceContainer

from chassis.core import Application, Office
from chassis.core.config import Config
from chassis.core.errors import ConfigurationFault
from chassis.host.relay import Relay
from chassis.host.service import Service

log = structlog.get_logger(__name__)

STOP_SECONDS = 10.0
WATCH_SECONDS = 0.2
OTHER_WORKERS = 4
"""Workers beside those that answer calls: facts, and some spare so that the reading greenlet never waits for one."""
RELAY_POLL_SECONDS = 0.2


def service_class(package: str) -> type[Service]:
    """The one subclass of Service in `<package>.service`. Raises ConfigurationFault."""
    module = importlib.import_module(f"{package}.service")
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Service) and value is not Service
    ]
    if len(classes) != 1:
        raise ConfigurationFault([f"{package}.service must hold one subclass of Service, not {len(classes)}"])
    return classes[0]


def patch_database_driver(config: Config) -> None:
    """Have PostgreSQL's driver yield while it waits; the rest was patched before anything was imported."""
    if config.database_url.startswith("postgresql"):
        from psycogreen.eventlet import patch_psycopg

        patch_psycopg()


def run(application: Application, config: Config, relay: bool = True) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code. `relay=False` leaves the outbox to relays of their own."""
    patch_database_driver(config)
    office = Office(application, config)
    office.check_stored()
    settings = {
        "AMQP_URI": config.amqp_url,
        "OFFICE": office,
        "RELAY": relay,
        "RPC_WORKERS": config.workers,
        "max_workers": config.workers + OTHER_WORKERS,
    }
    container = ServiceContainer(service_class(application.package), settings)
    stop_request = _StopRequest()
    container.start()
    log.info("service is up", service=office.name, pid=os.getpid())
    waiter = eventlet.spawn(container.wait)
    if not stop_request.wait(lambda: waiter.dead):
        log.critical("the service ended unexpectedly", service=office.name)
        return 1
    return _stop_in_time(container.stop)


def run_relay(application: Application, config: Config) -> int:
    """Empty the outbox until SIGTERM or SIGINT; return the exit code.

    Any number of these may share one PostgreSQL database.
    """
    patch_database_driver(config)
    office = Office(application, config)
    relay = Relay(office.outbox, config.amqp_url, office.name, poll=RELAY_POLL_SECONDS)
    stop_request = _StopRequest()
    threads = [eventlet.spawn(relay.broker.run), eventlet.spawn(relay.run)]
    log.info("relay is up", service=office.name, pid=os.getpid())
    if not stop_request.wait(lambda: any(thread.dead for thread in threads)):
        log.critical("the relay ended unexpectedly", service=office.name)
        return 1
    return _stop_in_time(relay.stop)


class _StopRequest:
    """SIGTERM or SIGINT. The signal handler only sets a flag; the waiting greenlet polls it."""

    def __init__(self) -> None:
        self._received = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._received = True

    def wait(self, ended: Callable[[], bool]) -> bool:
        """Wait for a signal; return False when `ended` was true before one came."""
        while not self._received:
            if ended():
                return False
            eventlet.sleep(WATCH_SECONDS)
        return True


def _stop_in_time(stop: Callable[[], None]) -> int:
    """Call `stop` and return 0 when it ends within STOP_SECONDS; otherwise exit the process with code 0.

    What is unfinished then is in the database or in a queue.
    """
    thread = eventlet.spawn(stop)
    with eventlet.Timeout(STOP_SECONDS, False):
        thread.wait()
        log.info("stopped")
        return 0
    log.warning("not stopped in time; unfinished work stays in the database and the queues")
    sys.stdout.flush()
    os._exit(0)
