"""What a house has kept, read beside it: journals, facts on their way, chains, numbers. Nothing here writes."""

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
from chassis.core.scheduler import NEAR
from chassis.core.times import iso
from chassis.host.parking import listed
from ops.generate import topology
from ops.journeys.waiting import wait_until
from ops.runbooks import archive
from ops.runtime.connection import connect
from ops.runtime.stack import Stack

Json = dict[str, Any]
BY_TIME = ("lapse", "recount")
"""Rows that the scheduler writes when it happens to look: their number says nothing of a journey."""
NUMBER = re.compile(r"(?P<series>.+〔\d{4}〕)(?P<number>\d+)号")


@dataclass(frozen=True)
class Entry:
    """One row of a journal, with the root it belongs to."""

    service: str
    kind: str
    root: str
    dossier: str
    act: str
    told: Json


@contextmanager
def reading(stack: Stack, program: str) -> Iterator[sqlite3.Connection]:
    """A program's database, for reading only."""
    path = stack.layout.data / f"{program}.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as connection:
        yield connection


def rows(stack: Stack, program: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a query on a program's database."""
    with reading(stack, program) as connection:
        return connection.execute(query, values).fetchall()


def entries(stack: Stack) -> list[Entry]:
    """Every journal row of every service, but those that the scheduler writes in its own time."""
    query = "select kind, id, dossier, act, entry from journal join roots on roots.id = root_id order by root_id, seq"
    return [
        Entry(service, kind, root, dossier, act, json.loads(entry))
        for service in stack.layout.services
        for kind, root, dossier, act, entry in rows(stack, service, query)
        if act not in BY_TIME
    ]


def done(stack: Stack) -> Counter[tuple[str, str, str]]:
    """How often each (service, kind of root, act) was done in the whole house."""
    return Counter((entry.service, entry.kind, entry.act) for entry in entries(stack))


def waiting(stack: Stack) -> list[str]:
    """What is still to come, a line each: facts not sent, facts not taken in by a listener, tasks not done, lapses not noted."""
    found = []
    now = stack.clock.now()
    for service in stack.layout.services:
        for table in ("outbox", "tasks"):
            ((number,),) = rows(stack, service, f"select count(*) from {table}")
            found += [f"{service}: {number} in {table}"] if number else []
        query = "select id from clocks where state = 'running' and (due_at <= ? and not lapse_noted or due_at <= ? and not reminded)"
        found += [
            f"{service}: {clock} to be noted" for (clock,) in rows(stack, service, query, iso(now), iso(now + NEAR))
        ]
        application = importlib.import_module(f"{service}.app").application
        taken = dict(rows(stack, service, "select subject, last from inbox"))
        for sender, kind in (name.split(".") for name in application.listens()):
            if sender in stack.layout.services:
                sent = rows(stack, sender, "select id, facts from roots where kind = ? and facts > 0", kind)
                found += [
                    f"{service}: {taken.get(root, 0)} of {facts} of {root}"
                    for root, facts in sent
                    if taken.get(root, 0) != facts
                ]
    return found


def settled(stack: Stack, seconds: float = 60.0) -> None:
    """Wait until nothing is on its way any more. Raises Overdue, which names what is."""
    wait_until(lambda: waiting(stack), lambda pending: not pending, "everything has arrived", seconds)


def left_over(stack: Stack) -> list[str]:
    """What a queue still holds, and what is parked or held back; nothing in a house that is well."""
    url = stack.amqp_url(topology.OPERATOR)
    found = []
    with connect(url) as connection:
        for service in stack.layout.services:
            for queue in ("events", "retry", "parked"):
                number = connection.channel().queue_declare(f"{service}.{queue}", passive=True).message_count
                found += [f"{number} in {service}.{queue}"] if number else []
    for service in stack.layout.services:
        found += [f"{service}: {one.type} of {one.subject}: {one.reason}" for one in listed(url, service)]
        found += [
            f"{service}: {root} held back" for (root,) in rows(stack, service, "select subject from inbox where held")
        ]
    return found


def broken_chains(stack: Stack) -> list[str]:
    """Every fault in any hash chain of any root."""
    found = []
    for service in stack.layout.services:
        application = importlib.import_module(f"{service}.app").application
        office = Office(application, configuration.load(service, stack.environment(service)))
        try:
            for (root,) in rows(stack, service, "select id from roots"):
                found += office.verify(root)
        finally:
            office.database.close()
    return found


def told(stack: Stack) -> list[Json]:
    """Every event in the archive, in the order in which the broker took them."""
    return [json.loads(body) for _, body in archive.told(stack.amqp_url(topology.OPERATOR))]


def out_of_order(events: list[Json]) -> dict[str, list[int]]:
    """Subject → the sequences that the archive holds, where they are not 1, 2, 3 … once each."""
    sequences: dict[str, list[int]] = defaultdict(list)
    for event in events:
        sequences[event["subject"]].append(int(event["sequence"]))
    return {subject: found for subject, found in sequences.items() if found != list(range(1, len(found) + 1))}


def numbers(stack: Stack) -> dict[str, list[int]]:
    """Series of document numbers, as 辽市监消召〔2026〕 → the numbers given, sorted."""
    found: dict[str, list[int]] = defaultdict(list)
    for (number,) in rows(stack, "notify", "select number from roots where kind = 'document' and number is not null"):
        match = NUMBER.fullmatch(number)
        assert match, f"not a document number: {number}"
        found[match["series"]].append(int(match["number"]))
    return {series: sorted(given) for series, given in found.items()}


def gaps(stack: Stack) -> dict[str, list[int]]:
    """The series whose numbers are not 1, 2, 3 … once each."""
    return {series: given for series, given in numbers(stack).items() if given != list(range(1, len(given) + 1))}


def fingerprint(stack: Stack) -> Json:
    """Everything an act could change, counted: of a refused one nothing may differ afterwards."""
    found: Json = {}
    for service in stack.layout.services:
        found[service] = {
            "roots": rows(stack, service, "select id, state, version, head_hash from roots order by id"),
            "parts": rows(stack, service, "select id, state, version from parts order by id"),
            **{
                table: rows(stack, service, f"select count(*) from {table}")[0][0]
                for table in ("journal", "commands", "drafts", "clocks", "outbox", "tasks", "parties")
            },
        }
    return found
