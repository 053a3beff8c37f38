"""Running a service, or its relay alone, in this process until it is told to stop."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import eventlet
import structlog
from nameko.containers import ServiceContainer

from chassis.core.application import Application, Office
from chassis.core.config import Config
from chassis.core.errors import ConfigurationFault
from chassis.host.relay import Relay
from chassis.host.service import Service

log = structlog.get_logger(__name__)

STOP_SECONDS = 10.0
WATCH_SECONDS = 0.2
OTHER_WORKERS = 4
"""Workers beside those that answer calls: facts, and room so that the reading greenlet never waits for one."""
RELAY_POLL_SECONDS = 0.2


def service_class(package: str) -> type[Service]:
    """The one subclass of Service in `<package>.service`. Raises ConfigurationFault."""
    module = importlib.import_module(f"{package}.service")
    found = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Service) and thing is not Service
    ]
    if len(found) != 1:
        raise ConfigurationFault([f"{package}.service must hold one subclass of Service, not {len(found)}"])
    return found[0]


def make_green(config: Config) -> None:
    """Have PostgreSQL's driver yield while it waits; the rest was patched before anything was imported."""
    if config.database_url.startswith("postgresql"):
        from psycogreen.eventlet import patch_psycopg

        patch_psycopg()


def run(application: Application, config: Config, relay: bool = True) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code. `relay=False` leaves the outbox to relays of their own."""
    make_green(config)
    office = Office(application, config)
    settings = {
        "AMQP_URI": config.amqp_url,
        "OFFICE": office,
        "RELAY": relay,
        "RPC_WORKERS": config.workers,
        "max_workers": config.workers + OTHER_WORKERS,
    }
    container = ServiceContainer(service_class(application.package), settings)
    stopped = _Stop()
    container.start()
    log.info("service is up", service=office.name, pid=os.getpid())
    died = eventlet.spawn(container.wait)
    if stopped.wait(lambda: died.dead):
        log.critical("the service died", service=office.name)
        return 1
    return _ended_in_time(container.stop)


def run_relay(application: Application, config: Config) -> int:
    """Empty the outbox until SIGTERM or SIGINT; any number of these may share one PostgreSQL database."""
    make_green(config)
    office = Office(application, config)
    relay = Relay(office.outbox, config.amqp_url, office.name, poll=RELAY_POLL_SECONDS)
    stopped = _Stop()
    threads = [eventlet.spawn(relay.broker.run), eventlet.spawn(relay.run)]
    log.info("relay is up", service=office.name, pid=os.getpid())
    if stopped.wait(lambda: any(thread.dead for thread in threads)):
        log.critical("the relay died", service=office.name)
        return 1
    return _ended_in_time(relay.stop)


class _Stop:
    """Knows that the process was told to stop. A signal only sets a mark; the waiting greenlet looks at it."""

    def __init__(self) -> None:
        self._told = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._tell)

    def _tell(self, number: int, frame: Any) -> None:
        self._told = True

    def wait(self, died: Callable[[], bool]) -> bool:
        """Wait for a signal (False) or for death from within (True)."""
        while not self._told:
            if died():
                return True
            eventlet.sleep(WATCH_SECONDS)
        return False


def _ended_in_time(stop: Callable[[], None]) -> int:
    """Stop cleanly within the time, or leave without: what is unfinished is in the database or in a queue."""
    thread = eventlet.spawn(stop)
    with eventlet.Timeout(STOP_SECONDS, False):
        thread.wait()
        log.info("stopped")
        return 0
    log.warning("not stopped in time; leaving what waits where it is")
    sys.stdout.flush()
    os._exit(0)
