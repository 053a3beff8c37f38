"""The marks by which a service names its functions: `@act`, `@fact`, `@task`. They register nothing; the application collects them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from marshmallow import Schema

Function = TypeVar("Function", bound=Callable[..., Any])
Choices = Mapping[str, Callable[..., list[dict[str, str]]]]


@dataclass(frozen=True, slots=True)
class ActMark:
    """What `@act` wrote on a function: the row it belongs to, the schema it takes, the choices of the moment."""

    kind: str
    name: str
    schema: type[Schema]
    choices: Choices


def act(
    kind: str, name: str, schema: type[Schema], *, choices: Choices | None = None
) -> Callable[[Function], Function]:
    """Mark the function that performs an act of the rulebook.

    `choices` maps a field of the schema to a function of (connection, moment) that returns `[{value, zh, en}]`.
    """

    def mark(function: Function) -> Function:
        marks = getattr(function, "__acts__", ())
        function.__acts__ = (*marks, ActMark(kind, name, schema, choices or {}))  # type: ignore[attr-defined]
        return function

    return mark


def fact(name: str) -> Callable[[type[Schema]], type[Schema]]:
    """Mark the schema of a fact: `name` without the service and the version, e.g. `recall-notified`."""

    def mark(schema: type[Schema]) -> type[Schema]:
        schema.__fact__ = name  # type: ignore[attr-defined]
        return schema

    return mark


def task(name: str) -> Callable[[Function], Function]:
    """Mark a task of the worker: a function of a `Job` that returns the act to perform when it is done, or None."""

    def mark(function: Function) -> Function:
        function.__task__ = name  # type: ignore[attr-defined]
        return function

    return mark


def collect(modules: Sequence[ModuleType], attribute: str) -> list[Any]:
    """Return what the modules define (not import) that carries this mark."""
    return [
        thing
        for module in modules
        for thing in vars(module).values()
        if attribute in getattr(thing, "__dict__", {}) and thing.__module__ == module.__name__
    ]
