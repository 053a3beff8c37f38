"""What a stack has stored, read beside it: journals, pending work, hash chains, events, numbers. Nothing here writes."""

from __future__ import annotations

import importlib
import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from chassis.core import Office
from chassis.core import config as configuration
from chassis.core.dates.times import iso
from chassis.core.storage.roots import NEAR
from chassis.host.parking import parked_messages
from ops.generate import topology
from ops.journeys.waiting import wait_until
from ops.runbooks import archive
from ops.runtime.connection import connect
from ops.runtime.stack import Stack

Json = dict[str, Any]
BY_TIME = ("lapse", "recount")
"""Acts of the scheduler: how many of their rows a journal has depends on when the scheduler ran, not on the journey."""
NUMBER = re.compile(r"(?P<series>.+〔\d{4}〕)(?P<number>\d+)号")


# --- databases ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One row of a journal, with the root it belongs to; `content` is the row's JSON."""

    service: str
    kind: str
    root: str
    dossier: str
    act: str
    content: Json


@contextmanager
def read_only(stack: Stack, program: str) -> Iterator[sqlite3.Connection]:
    """A program's database, opened for reading only."""
    path = stack.layout.data / f"{program}.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as connection:
        yield connection


def rows(stack: Stack, program: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a query on a program's database."""
    with read_only(stack, program) as connection:
        return connection.execute(query, values).fetchall()


def entries(stack: Stack) -> list[Entry]:
    """Every journal row of every service, except those of the scheduler (`BY_TIME`)."""
    query = "select kind, id, dossier, act, entry from journal join roots on roots.id = root_id order by root_id, seq"
    return [
        Entry(service, kind, root, dossier, act, json.loads(content))
        for service in stack.layout.services
        for kind, root, dossier, act, content in rows(stack, service, query)
        if act not in BY_TIME
    ]


def done(stack: Stack) -> Counter[tuple[str, str, str]]:
    """How often each (service, kind of root, act) was done in the whole stack."""
    return Counter((entry.service, entry.kind, entry.act) for entry in entries(stack))


def fingerprint(stack: Stack) -> Json:
    """Everything an act could change, counted: after a refused act it is the same as before."""
    return {
        service: {
            "roots": rows(stack, service, "select id, state, version, head_hash from roots order by id"),
            "parts": rows(stack, service, "select id, state, version from parts order by id"),
            **{
                table: rows(stack, service, f"select count(*) from {table}")[0][0]
                for table in ("journal", "commands", "drafts", "clocks", "outbox", "tasks", "parties")
            },
        }
        for service in stack.layout.services
    }


def broken_chains(stack: Stack) -> list[str]:
    """Every fault in any hash chain of any root."""
    faults = []
    for service in stack.layout.services:
        application = importlib.import_module(f"{service}.app").application
        office = Office(application, configuration.load(service, stack.environment(service)))
        try:
            for (root,) in rows(stack, service, "select id from roots"):
                faults += office.verify(root)
        finally:
            office.database.close()
    return faults


# --- pending and left over ---------------------------------------------------------------------------------------------


def pending(stack: Stack) -> list[str]:
    """What is still to be done, a line each: facts not sent or not received, tasks not done, lapses not noted."""
    lines = []
    now = stack.clock.now()
    for service in stack.layout.services:
        for table in ("outbox", "tasks"):
            ((number,),) = rows(stack, service, f"select count(*) from {table}")
            lines += [f"{service}: {number} in {table}"] if number else []
        query = "select id from clocks where state = 'running' and (due_at <= ? and not lapse_noted or due_at <= ? and not reminded)"
        lines += [
            f"{service}: {clock} to be noted" for (clock,) in rows(stack, service, query, iso(now), iso(now + NEAR))
        ]
        application = importlib.import_module(f"{service}.app").application
        received = dict(rows(stack, service, "select subject, last from inbox"))
        for sender, kind in (name.split(".") for name in application.listens()):
            if sender in stack.layout.services:
                sent = rows(stack, sender, "select id, facts from roots where kind = ? and facts > 0", kind)
                lines += [
                    f"{service}: {received.get(root, 0)} of {facts} of {root}"
                    for root, facts in sent
                    if received.get(root, 0) != facts
                ]
    return lines


def wait_settled(stack: Stack, seconds: float = 60.0) -> None:
    """Wait until nothing is pending. Raises Overdue, which names what is."""
    wait_until(lambda: pending(stack), lambda lines: not lines, "everything has arrived", seconds)


def left_over(stack: Stack) -> list[str]:
    """What a queue still holds, and what is parked or held back, a line each; empty where everything was received."""
    url = stack.amqp_url(topology.OPERATOR)
    lines = []
    with connect(url) as connection:
        for service in stack.layout.services:
            for queue in ("events", "retry", "parked"):
                number = connection.channel().queue_declare(f"{service}.{queue}", passive=True).message_count
                lines += [f"{number} in {service}.{queue}"] if number else []
    for service in stack.layout.services:
        lines += [
            f"{service}: {parked.type} of {parked.subject}: {parked.reason}" for parked in parked_messages(url, service)
        ]
        lines += [
            f"{service}: {root} held back" for (root,) in rows(stack, service, "select subject from inbox where held")
        ]
    return lines


# --- events and numbers ------------------------------------------------------------------------------------------------


def published(stack: Stack) -> list[Json]:
    """Every event in the archive, in the order in which the broker received them."""
    return [json.loads(body) for _, body in archive.read(stack.amqp_url(topology.OPERATOR))]


def out_of_order(events: list[Json]) -> dict[str, list[int]]:
    """Subject → the sequences that the archive holds, where they are not 1, 2, 3 … once each."""
    by_subject: dict[str, list[int]] = defaultdict(list)
    for event in events:
        by_subject[event["subject"]].append(int(event["sequence"]))
    return {
        subject: sequences
        for subject, sequences in by_subject.items()
        if sequences != list(range(1, len(sequences) + 1))
    }


def numbers(stack: Stack) -> dict[str, list[int]]:
    """Series of document numbers, as 辽市监消召〔2026〕 → the numbers given, sorted."""
    by_series: dict[str, list[int]] = defaultdict(list)
    for (number,) in rows(stack, "notify", "select number from roots where kind = 'document' and number is not null"):
        match = NUMBER.fullmatch(number)
        assert match, f"not a document number: {number}"
        by_series[match["series"]].append(int(match["number"]))
    return {series: sorted(given) for series, given in by_series.items()}


def gaps(stack: Stack) -> dict[str, list[int]]:
    """The series whose numbers are not 1, 2, 3 … once each."""
    return {series: given for series, given in numbers(stack).items() if given != list(range(1, len(given) + 1))}
