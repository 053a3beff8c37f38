"""An application of acts, and the office: the application opened on a database, a clock and keys."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

import structlog
import yaml
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy import MetaData, select, text
from sqlalchemy.exc import IntegrityError

from chassis.core import inbox, rulebook, scheduler, store, tables, views
from chassis.core.calendar import WorkingCalendar
from chassis.core.clockwork import Clockwork
from chassis.core.command import Command
from chassis.core.config import Config
from chassis.core.database import Database
from chassis.core.errors import ConfigurationFault, Refusal
from chassis.core.facts import CLOCK_LAPSED, CLOCK_NEAR, DOCUMENT_ISSUED, ClockTold, DocumentIssued
from chassis.core.files import Files
from chassis.core.inbox import Receipt
from chassis.core.journal import verify_root
from chassis.core.marks import ActMark, collect
from chassis.core.outbox import Outbox
from chassis.core.seal import Seal
from chassis.core.tasks import Tasks
from chassis.core.times import clock_from
from chassis.core.tokens import Actor, Verifier
from chassis.core.wire import admit
from chassis.core.work import Work

Json = dict[str, Any]


class Application:
    """What a service is made of: its rulebook and the functions, guards, schemas and tables that belong to it.

    It is checked when it is made: ConfigurationFault lists every act without a function, guard without a text, state without a way out.
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
    ) -> None:
        self.name = name
        self.package = package
        self.metadata = metadata
        self.health = health or []
        folder = Path(str(resources.files(package)))
        books = sorted(folder.glob("rulebook/*.yaml"))
        if len(books) != 1:
            raise ConfigurationFault([f"{name}: expected one rulebook, found {len(books)}"])
        self.rulebook = rulebook.read(books[0])
        self.functions: dict[tuple[str, str], tuple[ActMark, Callable[..., None]]] = {
            (mark.kind, mark.name): (mark, function)
            for function in collect(acts, "__acts__")
            for mark in function.__acts__
        }
        self.guards = _functions(guards or [])
        self.finders = _functions(finders or [])
        modules = [events] if isinstance(events, ModuleType) else events or []
        self.facts: dict[str, Any] = {schema.__fact__: schema() for schema in collect(modules, "__fact__")}
        if any(act.document for kind in self.rulebook.kinds.values() for act in kind.acts.values()):
            self.facts.setdefault(DOCUMENT_ISSUED, DocumentIssued())
        if any(kind.clocks for kind in self.rulebook.kinds.values()):
            self.facts |= {CLOCK_NEAR: ClockTold(), CLOCK_LAPSED: ClockTold()}
        self.tasks = {function.__task__: function for function in collect(tasks or [], "__task__")}
        self._texts = yaml.safe_load((folder / "schemas" / "texts.yaml").read_text(encoding="utf-8")) or {}
        faults = rulebook.check(self.rulebook, self.functions, self.guards, self.finders)
        needed = {guard for kind in self.rulebook.kinds.values() for act in kind.acts.values() for guard in act.needs}
        faults += [
            f"texts.yaml: no text for the guard {guard!r}"
            for guard in sorted(needed - set(self._texts.get("guards", {})))
        ]
        if faults:
            raise ConfigurationFault([f"{name}: {fault}" for fault in faults])

    def guard_texts(self, guard: str) -> tuple[str, str]:
        """Return what a guard says when it is not satisfied, in Chinese and English."""
        found = self._texts["guards"][guard]
        return found["zh"], found["en"]

    def listens(self) -> list[str]:
        """Return the kinds of root this service listens to, as `<service>.<kind>`, for the broker's bindings."""
        return sorted(self.rulebook.listens)


def _functions(modules: Sequence[ModuleType]) -> dict[str, Callable[..., Any]]:
    return {
        name: thing
        for module in modules
        for name, thing in vars(module).items()
        if callable(thing) and getattr(thing, "__module__", None) == module.__name__ and not name.startswith("_")
    }


class Office:
    """An application at work. Every method is synchronous; a Refusal is a normal answer."""

    def __init__(self, application: Application, config: Config) -> None:
        self.application = application
        self.config = config
        self.name = application.name
        self.rulebook = application.rulebook
        self.settings: Mapping[str, Any] = config.settings
        self.log = structlog.get_logger(application.name)
        self.clock = clock_from(config.clock)
        self.calendar = WorkingCalendar()
        self.database = Database(config.database_url)
        self.files = Files(config.files_url)
        self.seal = Seal(base64.b64decode(Path(config.seal_key).read_bytes()))
        key = load_pem_public_key(Path(config.token_public_key).read_bytes())
        if not isinstance(key, Ed25519PublicKey):
            raise ConfigurationFault(["TOKEN_PUBLIC_KEY is not an Ed25519 key"])
        self.tokens = Verifier(key)
        self.work = Work(application, Clockwork(self.calendar), self.seal, self.settings)
        self.outbox = Outbox(self.database)
        self.tasks = Tasks(self)
        self.on_commit: list[Callable[[], None]] = []

    def committed(self) -> None:
        """Wake whoever waits for facts or tasks."""
        for wake in self.on_commit:
            wake()

    def perform(self, request: Json) -> Json:
        """Perform an act: `command kind id act part expects data trace token` → the outcome (docs/architecture.md)."""
        command = self._command(request)
        try:
            outcome = self._performed(command)
        except IntegrityError:  # the same command came twice at once: now the first answer is there
            outcome = self._performed(command)
        self.committed()
        return outcome

    def _performed(self, command: Command) -> Json:
        with self.database.writing() as connection:
            return self.work.perform(connection, command, self.clock.now())

    def _asker(self, request: Json) -> Actor:
        """Return who asks, once the request is one that can be kept."""
        admit(request)
        return self.tokens.actor(request.get("token"))

    def _command(self, request: Json) -> Command:
        actor = self._asker(request)
        identifier, data, expects = request.get("command"), request.get("data"), request.get("expects")
        if not isinstance(identifier, str) or not 8 <= len(identifier) <= 120:
            raise Refusal(
                "invalid", errors={"command": ["命令编号为 8 至 120 个字符 / a command id has 8 to 120 characters"]}
            )
        if not isinstance(data, dict):
            raise Refusal("invalid", errors={"": ["应为对象 / expected an object"]})
        if expects is not None and (not isinstance(expects, int) or isinstance(expects, bool)):
            raise Refusal("invalid", errors={"expects": ["版本号应为整数 / a version is a whole number"]})
        for name in ("id", "part", "trace"):
            if not isinstance(request.get(name), str | None):
                raise Refusal("invalid", errors={name: ["应为文字 / expected a text"]})
        return Command(
            id=f"{actor.person or 'public'}:{identifier}",
            kind=str(request.get("kind")),
            act=str(request.get("act")),
            actor=actor,
            data=data,
            root=request.get("id"),
            part=request.get("part"),
            expects=expects,
            trace=request.get("trace"),
        )

    def receive(self, messages: Sequence[bytes]) -> list[Receipt]:
        """Take events in one transaction and say what became of each."""
        with self.database.writing() as connection:
            receipts = inbox.receive(self, connection, messages, self.clock.now())
        if any(receipt.outcome == "taken" for receipt in receipts):
            self.committed()
        return receipts

    def hold(self, subject: str) -> None:
        """Mark a subject whose event was parked."""
        with self.database.writing() as connection:
            inbox.hold(connection, subject, self.clock.now(), held=True)

    def release(self, subject: str) -> None:
        """Free a subject whose parked event goes back into the queue."""
        with self.database.writing() as connection:
            inbox.hold(connection, subject, self.clock.now(), held=False)

    def baseline(self, subject: str, sequence: int) -> None:
        """Accept a subject's events from after `sequence`."""
        with self.database.writing() as connection:
            inbox.baseline(connection, subject, sequence, self.clock.now())

    def describe(self, request: Json) -> Json:
        """Say what this service offers: kinds, states, acts with their schemas and texts, clauses, facts, and a hash of all that."""
        return views.describe(self)

    def acts(self, request: Json) -> list[Json]:
        """Say what the actor may do now: on a root (`id`), or to open one of a `kind`."""
        actor = self._asker(request)
        with self.database.reading() as connection:
            return views.acts(self, connection, actor, request)

    def get(self, request: Json) -> Json:
        """Return a root as the actor may see it; `reveal` opens the marked fields it may see, which is recorded."""
        actor = self._asker(request)
        reveal = bool(request.get("reveal"))
        with self.database.writing() if reveal else self.database.reading() as connection:
            return views.get(self, connection, actor, str(request.get("id")), reveal=reveal)

    def search(self, request: Json) -> Json:
        """Return a page of the roots of a kind, or of a dossier, that the actor may see."""
        actor = self._asker(request)
        with self.database.reading() as connection:
            return views.search(self, connection, actor, request)

    def duties(self, request: Json) -> list[Json]:
        """Return what waits for the actor: running clocks with the acts that would meet them, drafts, and roots that await an act."""
        actor = self._asker(request)
        with self.database.reading() as connection:
            return views.duties(self, connection, actor)

    def journal(self, request: Json) -> list[Json]:
        """Return the journal of a root or of a whole dossier, as far as the actor may see it."""
        actor = self._asker(request)
        with self.database.reading() as connection:
            return views.journal(self, connection, actor, request)

    def read_root(self, root_id: str) -> Json:
        """Return a root as the system sees it (for tasks)."""
        with self.database.reading() as connection:
            found = store.load(connection, root_id, lock=False)
        return {
            "id": root_id,
            "kind": found.root.kind,
            "state": found.root.state,
            "number": found.root.number,
            "title": found.root.title,
            "body": found.root.body,
            "dossier": found.root.dossier,
        }

    def verify(self, identifier: str) -> list[str]:
        """Verify the hash chain of a root, or of every root that is here of a dossier; returns the faults found.

        Refuses an unknown root; of a dossier a service may well hold nothing.
        """
        table, whole = tables.roots, identifier.startswith("dossier_")
        column = table.c.dossier if whole else table.c.id
        with self.database.reading() as connection:
            ids = list(connection.execute(select(table.c.id).where(column == identifier)).scalars())
            if not ids and not whole:
                raise Refusal("not-found", root=identifier)
            return [
                f"{fault.root} #{fault.seq}: {fault.what}"
                for root in ids
                for fault in verify_root(connection, root, self._unseal)
            ]

    def _unseal(self, row: Mapping[str, Any]) -> Any:
        """Return a sealed value; None, which is no value that was ever sealed, where this key does not open it."""
        try:
            return json.loads(self.seal.open(row["box"], row["id"]))
        except InvalidTag:
            return None

    def health(self) -> Json:
        """Tell what is wrong: `{ok, faults, outbox, tasks, parked}`."""
        faults = [fault for check in self.application.health if (fault := check())]
        counts: Json = {}
        try:
            with self.database.reading() as connection:
                for name, table in (("outbox", tables.outbox), ("tasks", tables.tasks)):
                    counts[name] = connection.execute(text(f"select count(*) from {table.name}")).scalar_one()
                counts["held"] = connection.execute(text("select count(*) from inbox where held")).scalar_one()
        except Exception as fault:
            faults.append(f"database: {type(fault).__name__}")
        return {"service": self.name, "ok": not faults, "faults": faults, **counts}

    def lapse(self) -> int:
        """Journal the periods that have lapsed and recount provisional ones, if this process holds the lease; returns how many."""
        found = scheduler.lapse(self)
        if found:
            self.committed()
        return found

    def close(self) -> None:
        """Close the database."""
        self.database.close()
