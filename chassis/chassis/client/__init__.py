"""Calling services from plain threads: one connection, any number of callers."""

from chassis.client.errors import Away, UnknownOutcome
from chassis.client.rpc import RpcClient

__all__ = ["Away", "RpcClient", "UnknownOutcome"]
