"""Hosting a service on nameko: responder, consumer, relay, scheduler, worker. Only this package imports nameko."""

from typing import Any

__all__ = ["Service", "run"]


def __getattr__(name: str) -> Any:
    """Import nameko only when a service is hosted: the broker's topology, a module of this package, does not need it."""
    if name == "Service":
        from chassis.host.service import Service

        return Service
    if name == "run":
        from chassis.host.process import run

        return run
    raise AttributeError(name)
