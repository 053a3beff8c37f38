"""Stacks for tests: started as `make run` does it, in a temporary folder, with the sample province loaded."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops.journeys import furniture, voluntary
from ops.journeys.client import Person
from ops.journeys.scenario import PASSWORD
from ops.journeys.waiting import wait_until
from ops.layout import GATEWAY, scratch
from ops.runtime.stack import Stack

Json = dict[str, Any]

SETTLE_SECONDS = 300.0
"""For everything to arrive: a task whose process was killed is taken up again when its lease of 120 s ends."""


@dataclass
class Played:
    """A stack after both journeys: the dossiers they made, and every line they printed."""

    stack: Stack
    furniture: str
    voluntary: str
    lines: list[str] = field(default_factory=list)


@contextmanager
def running(folder: Path) -> Iterator[Stack]:
    """A running stack with the people of the sample province; after a failure its logs are in `folder`."""
    with Stack(scratch(folder, profile="test")) as stack:
        stack.run(GATEWAY, "sample")
        yield stack


def play_all(stack: Stack) -> Played:
    """Play both journeys, undisturbed, and wait until every fact of them has arrived."""
    lines: list[str] = []
    played = Played(stack, furniture.play(stack.url, lines.append), voluntary.play(stack.url, lines.append), lines)
    wait_settled(stack)
    return played


def sign_in(stack: Stack, username: str | None = None) -> Person:
    """A person of the sample province; without a name, the public."""
    return Person(stack.url, username, PASSWORD if username else None)


def health(stack: Stack, service: str) -> Json:
    """The answer of `python -m <service> health`."""
    answer: Json = json.loads(stack.run(service, "health", check=False).stdout)
    return answer


def wait_settled(stack: Stack) -> None:
    """Wait until every outbox, task list and queue is empty, by the services' own health. Raises Overdue."""

    def unsettled() -> dict[str, Json]:
        answers = {service: health(stack, service) for service in stack.layout.services}
        return {
            service: answer
            for service, answer in answers.items()
            if answer.get("outbox") or answer.get("tasks") or answer.get("held") or any(answer["queues"].values())
        }

    wait_until(
        unsettled, lambda answers: not answers, "every outbox, task list and queue empty", seconds=SETTLE_SECONDS
    )


def timeline(stack: Stack, dossier: str) -> Counter[tuple[str, str, str]]:
    """How often each (kind of root, act, clause) is in the journals of a matter, all services together."""
    person = sign_in(stack, "recall.handler")
    matter = person.dossier(dossier)
    person.close()
    assert matter["away"] == []
    return Counter((row["root_kind"], row["act"], str(row["clause"])) for row in matter["timeline"])
