"""An application: the parts of a service, checked against each other when it is made."""

from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml
from sqlalchemy import MetaData

from chassis.core.acts.definitions import ActFunction, Definitions
from chassis.core.acts.marks import collect
from chassis.core.contracts.documents import Promises
from chassis.core.contracts.facts import CLOCK_LAPSED, CLOCK_NEAR, DOCUMENT_ISSUED, ClockPassed, DocumentIssued
from chassis.core.errors import ConfigurationFault
from chassis.core.rulebook.checker import check
from chassis.core.rulebook.model import Rulebook
from chassis.core.rulebook.reader import read
from chassis.core.rulebook.registry import Registry


class Application:
    """What a service is made of: its rulebooks and the functions, guards, schemas and tables that belong to them.

    Every `rulebook/*.yaml` of the package is loaded; so are those of the folders `rulebooks` names beside it. ConfigurationFault
    lists every act without a function, guard without a text, state without a way out.
    """

    def __init__(
        self,
        name: str,
        package: str,
        acts: list[ModuleType],
        guards: list[ModuleType] | None = None,
        events: ModuleType | list[ModuleType] | None = None,
        tasks: list[ModuleType] | None = None,
        metadata: MetaData | None = None,
        finders: list[ModuleType] | None = None,
        health: list[Callable[[], str | None]] | None = None,
        rulebooks: Sequence[Path] = (),
    ) -> None:
        self.name = name
        self.package = package
        self.metadata = metadata
        self.health = health or []
        folder = Path(str(resources.files(package)))
        paths = [path for place in (folder / "rulebook", *rulebooks) for path in sorted(place.glob("*.yaml"))]
        if not paths:
            raise ConfigurationFault([f"{name}: there is no rulebook in {folder / 'rulebook'}"])
        self.registry = Registry([read(path) for path in paths])
        texts = yaml.safe_load((folder / "schemas" / "texts.yaml").read_text(encoding="utf-8")) or {}
        self.definitions = Definitions(
            service=name,
            registry=self.registry,
            functions={
                (mark.kind, mark.name): ActFunction(mark, function)
                for function in collect(acts, "__acts__")
                for mark in function.__acts__
            },
            guards=_functions(guards or []),
            guard_texts={guard: (text["zh"], text["en"]) for guard, text in (texts.get("guards") or {}).items()},
            facts=self._facts([events] if isinstance(events, ModuleType) else events or []),
            tasks={function.__task__: function for function in collect(tasks or [], "__task__")},
            finders=_functions(finders or []),
        )
        faults = self._faults()
        if faults:
            raise ConfigurationFault([f"{name}: {fault}" for fault in faults])

    def _facts(self, modules: Sequence[ModuleType]) -> Mapping[str, Any]:
        """Return the schemas of the events that the service publishes, with those that the chassis publishes for it."""
        facts: dict[str, Any] = {schema.__fact__: schema() for schema in collect(modules, "__fact__")}
        if any(act.document for _, _, act in self.registry.acts()):
            facts.setdefault(DOCUMENT_ISSUED, DocumentIssued())
        if any(kind.clocks for _, kind in self.registry.kinds()):
            facts |= {CLOCK_NEAR: ClockPassed(), CLOCK_LAPSED: ClockPassed()}
        return facts

    @property
    def rulebook(self) -> Rulebook:
        """The newest rulebook."""
        return self.registry.newest

    def listens(self) -> list[str]:
        """Return the kinds of root this service listens to, as `<service>.<kind>`, for the broker's bindings."""
        return self.registry.listens

    def promises(self) -> Promises:
        """Return what the released documents of the service are made of."""
        acts = {key: function.mark.schema for key, function in self.definitions.functions.items()}
        facts = {name: type(schema) for name, schema in self.definitions.facts.items()}
        return Promises(self.name, self.registry, acts, facts)

    def _faults(self) -> list[str]:
        parts = self.definitions
        faults = check(self.registry, parts.functions, parts.guards, parts.finders)
        needed = {guard for _, _, act in self.registry.acts() for guard in act.needs}
        missing = sorted(needed - set(parts.guard_texts))
        return faults + [f"texts.yaml: no text for the guard {guard!r}" for guard in missing]


def _functions(modules: Sequence[ModuleType]) -> dict[str, Callable[..., Any]]:
    return {
        name: thing
        for module in modules
        for name, thing in vars(module).items()
        if callable(thing) and getattr(thing, "__module__", None) == module.__name__ and not name.startswith("_")
    }
