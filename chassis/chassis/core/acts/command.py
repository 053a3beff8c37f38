"""A command, and the unit of work that it becomes: everything that one transaction writes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, insert, null, select, union_all

from chassis.core.canonical import digest
from chassis.core.errors import Refusal
from chassis.core.storage import tables
from chassis.core.storage.pruned import command_key
from chassis.core.storage.roots import Loaded
from chassis.core.trust.tokens import Actor


@dataclass(frozen=True, slots=True)
class Command:
    """An act that is asked for, on a root, by an actor or by an event. `id` makes it happen once."""

    id: str
    kind: str
    act: str
    actor: Actor
    data: Mapping[str, Any]
    root: str | None = None
    part: str | None = None
    expects: int | None = None
    event: Mapping[str, Any] | None = None
    dossier: str | None = None
    new_id: str | None = None
    trace: str | None = None
    draft: Mapping[str, Any] | None = None
    drafter: Actor | None = None

    @property
    def judged(self) -> Actor:
        """Whose right to the act is judged: the drafter's, where a draft is being signed."""
        return self.drafter or self.actor

    @property
    def by_person(self) -> bool:
        """Whether somebody outside asks, whose reading must be current."""
        return self.event is None and not self.actor.system

    def digest(self) -> str:
        """Return the digest that tells a repeat from another command under the same id."""
        return digest(
            {
                "kind": self.kind,
                "act": self.act,
                "root": self.root,
                "part": self.part,
                "data": _without_floats(self.data),
            }
        )


def _without_floats(value: Any) -> Any:
    return json.loads(json.dumps(value), parse_float=str)


@dataclass(slots=True)
class Unit:
    """One transaction's work for one command: the roots that were touched, and what is written with them."""

    connection: Connection
    command: Command
    now: datetime
    touched: dict[str, Loaded] = field(default_factory=dict)
    facts: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    sealed: list[dict[str, Any]] = field(default_factory=list)
    drafts: list[Executable] = field(default_factory=list)


class OutcomePruned(Refusal):
    """A repeat of a command that was performed so long ago that its outcome is no longer kept."""

    def __init__(self, command_id: str) -> None:
        super().__init__(
            "command-reused",
            "该命令早已办理，其结果已不再保存；请查看办理对象的现状",
            "This command was performed long ago and its outcome is no longer kept; read how the matter stands",
            command=command_id,
            pruned=True,
        )


FIRST_OUTCOME = union_all(
    select(tables.commands.c.digest, tables.commands.c.outcome).where(tables.commands.c.key == bindparam("key")),
    select(null(), null()).where(tables.pruned.c.key == bindparam("key")),
)


def first_outcome(connection: Connection, command: Command) -> dict[str, Any] | None:
    """Return what was kept of a command that was performed before; refuses its id with other content, or when that was pruned."""
    row = connection.execute(FIRST_OUTCOME, {"key": command_key(command.id)}).one_or_none()
    if row is None:
        return None
    if row.digest is None:
        raise OutcomePruned(command.id)
    if row.digest != command.digest():
        raise Refusal("command-reused", command=command.id)
    kept: dict[str, Any] = json.loads(row.outcome)
    return kept


def remember(connection: Connection, command: Command, kept: str, now: datetime) -> None:
    """Write a performed command with what is kept of its outcome (JSON text)."""
    row = {"key": command_key(command.id), "digest": command.digest(), "outcome": kept, "at": int(now.timestamp())}
    connection.execute(insert(tables.commands), row)
