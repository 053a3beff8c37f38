"""What a service has defined, as performing and reading need it: rulebooks, functions, guards, schemas, tasks, finders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from marshmallow import Schema
from sqlalchemy import Connection

from chassis.core.acts.marks import ActMark
from chassis.core.acts.moment import Moment
from chassis.core.contracts.schema import marked, named_roots
from chassis.core.errors import Refusal
from chassis.core.rulebook.registry import Registry

Guard = Callable[[Moment], bool]
Finder = Callable[[Connection, Mapping[str, Any]], str | None]


@dataclass(frozen=True)
class ActFunction:
    """The function of an act with what its mark says, and its schema made once.

    `marks` maps a marked field to its mark; `names` maps a field that names other roots to their kind.
    """

    mark: ActMark
    perform: Callable[[Any], None]

    @cached_property
    def schema(self) -> Schema:
        """The schema of the act's data."""
        return self.mark.schema()

    @cached_property
    def marks(self) -> Mapping[str, str]:
        """Marked fields of the data, with their marks."""
        return marked(self.schema)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Fields of the data that name other roots, with the kind they name."""
        return named_roots(self.schema)


@dataclass(frozen=True)
class Definitions:
    """The parts of one service, checked against each other by the application that made them."""

    service: str
    registry: Registry
    functions: Mapping[tuple[str, str], ActFunction]
    guards: Mapping[str, Guard] = field(default_factory=dict)
    guard_texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    facts: Mapping[str, Schema] = field(default_factory=dict)
    tasks: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    finders: Mapping[str, Finder] = field(default_factory=dict)

    def function(self, kind: str, act: str) -> ActFunction:
        """Return the function of an act; refuses as not-found."""
        function = self.functions.get((kind, act))
        if function is None:
            raise Refusal("not-found", f"没有“{act}”这一行为", f"There is no act {act!r}", act=act, kind=kind)
        return function
