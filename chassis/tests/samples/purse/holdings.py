"""The acts of the purse; it takes a mark in the mood that the mark tells, while a file of that name lies in its folder."""

import os
import signal
import time
from pathlib import Path

from marshmallow import fields

from chassis.core import Act, Job, Refusal, act, task
from chassis.core.contracts.schema import Anything, FactSchema, Nothing


class Marked(FactSchema):
    """What the purse reads of a mark."""

    number = fields.Integer(strict=True, required=True)
    mood = fields.String(required=True)


@act("coin", "receive", Anything)
def receive(do: Act) -> None:
    """Clause 2(1): a coin that was struck is held."""
    do.root.title = "coin"
    do.body["numbers"] = []
    do.body["shone"] = 0


@act("coin", "note", Marked)
def note(do: Act) -> None:
    """Clause 2(2): its marks are noted, in order."""
    take(do.data["mood"], Path(do.settings["moods"]))
    do.body["numbers"].append(do.data["number"])


def take(mood: str, folder: Path) -> None:
    """Misbehave as told, while the folder has a file of that name. `seen-<mood>` tells how often it came to that."""
    if not (folder / mood).exists():
        return
    with (folder / f"seen-{mood}").open("a") as seen:
        seen.write(".")
    if mood.startswith("raise"):
        raise RuntimeError("a handler that raises")
    if mood.startswith("refuse"):
        raise Refusal("wrong-state")
    if mood.startswith("die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if mood.startswith("slow"):
        time.sleep(1.0)


@act("coin", "polish", Nothing)
def polish(do: Act) -> None:
    """Clause 2(3): polishing is a task for the worker."""
    do.later("polish", {"coin": do.root.id})


@act("coin", "shine", Nothing)
def shine(do: Act) -> None:
    """Clause 2(4): what was polished shines."""
    do.body["shone"] += 1


@act("coin", "spend", Nothing)
def spend(do: Act) -> None:
    """Clause 2(5): a coin is spent."""


@task("polish")
def polished(job: Job) -> dict[str, object]:
    """Polish, while nothing forbids it."""
    take("raise-task", Path(job.settings["moods"]))
    return {"kind": "coin", "act": "shine", "id": job.data["coin"]}
