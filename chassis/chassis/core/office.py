"""The office: an application at work on a database, a clock and keys. It puts the parts together; nothing in the core imports it."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from chassis.core.acts.clocks import Clocks
from chassis.core.acts.command import Command
from chassis.core.acts.perform import Performer
from chassis.core.application import Application
from chassis.core.config import Config
from chassis.core.contracts.wire import check_request
from chassis.core.dates.calendar import WorkingCalendar
from chassis.core.dates.times import FileClock, clock_from, today
from chassis.core.errors import ConfigurationFault, Refusal, invalid
from chassis.core.files import Files
from chassis.core.reads import duties, journal, lists, offers, page
from chassis.core.reads.description import describe
from chassis.core.reads.view import View
from chassis.core.storage import tables
from chassis.core.storage.database import Database
from chassis.core.storage.outbox import Outbox
from chassis.core.triggers import inbox, waiting
from chassis.core.triggers.edition import EditionChange, Progress, unknown
from chassis.core.triggers.inbox import Receipt
from chassis.core.triggers.pruning import Pruning
from chassis.core.triggers.rebuild import Rebuild
from chassis.core.triggers.scheduler import Scheduler, one_round
from chassis.core.triggers.tasks import Tasks
from chassis.core.trust.chain import verify_root
from chassis.core.trust.seal import Seal
from chassis.core.trust.tokens import Actor, Verifier

Json = dict[str, Any]


class Office:
    """An application at work. Every method is synchronous; a Refusal is a normal answer."""

    def __init__(self, application: Application, config: Config) -> None:
        self.application = application
        self.config = config
        self.name = application.name
        self.settings: Mapping[str, Any] = config.settings
        self.log = structlog.get_logger(application.name)
        self.clock = clock_from(config.clock)
        self.database = Database(config.database_url)
        self.files = Files(config.files_url)
        self.seal = Seal(base64.b64decode(Path(config.seal_key).read_bytes()))
        self.tokens = Verifier(_public_key(config))
        self.clocks = Clocks(WorkingCalendar())
        self.performer = Performer(application.definitions, self.clocks, self.seal, self.settings)
        self.outbox = Outbox(self.database)
        self.tasks = Tasks(self.database, self.performer, self.files, self._now, self.committed)
        self.scheduler = Scheduler(self.database, self.performer, self._now)
        self.pruning = Pruning(self.database, self._now, config.keep_commands_days, config.keep_inbox_days)
        self.rebuild = Rebuild(self.database, self.performer)
        self.on_commit: list[Callable[[], None]] = []
        self._descriptions: dict[str, Json] = {}

    def _now(self) -> Any:
        """Return the present moment of the office's clock, whichever that is by now."""
        return self.clock.now()

    def committed(self) -> None:
        """Wake whoever waits for events or tasks."""
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
            return self.performer.perform(connection, command, self.clock.now())

    def _actor(self, request: Json) -> Actor:
        """Return who asks, once the request is one that can be kept."""
        check_request(request)
        return self.tokens.actor(request.get("token"))

    def _command(self, request: Json) -> Command:
        actor = self._actor(request)
        identifier, data, expects = request.get("command"), request.get("data"), request.get("expects")
        if not isinstance(identifier, str) or not 8 <= len(identifier) <= 120:
            raise invalid("command", "命令编号为 8 至 120 个字符", "a command id has 8 to 120 characters")
        if not isinstance(data, dict):
            raise invalid("", "应为对象", "expected an object")
        if expects is not None and (not isinstance(expects, int) or isinstance(expects, bool)):
            raise invalid("expects", "版本号应为整数", "a version is a whole number")
        for name in ("id", "part", "trace"):
            if not isinstance(request.get(name), str | None):
                raise invalid(name, "应为文字", "expected a text")
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

    def receive(self, messages: Sequence[bytes], *, keep: bool = False) -> list[Receipt]:
        """Take events in one transaction and say what became of each; kept events that follow are taken after it.

        With `keep`, an event out of turn is kept, however it stands with its subject.
        """
        with self.database.writing() as connection:
            receipts = inbox.receive(self.performer, connection, messages, self.clock.now(), keep=keep)
        if any(receipt.outcome == "taken" for receipt in receipts):
            self.committed()
        if any(receipt.followed for receipt in receipts):
            try:
                self.take_kept()
            except Exception:
                self.log.exception("kept events were not taken; the next round tries again")
        return receipts

    def take_kept(self) -> int:
        """Take kept events whose turn has come; returns how many."""
        taken = inbox.take_kept(self.performer, self.database, self.clock.now())
        if taken:
            self.committed()
        return taken

    def kept(self) -> list[Json]:
        """List the subjects with kept events: `subject last held first kept since attempts reason`, the oldest first."""
        with self.database.reading() as connection:
            return waiting.listed(connection)

    def hold(self, subject: str) -> None:
        """Mark a subject whose event was parked: its later events are kept."""
        with self.database.writing() as connection:
            inbox.hold(connection, subject, self.clock.now())

    def release(self, subject: str) -> None:
        """Free a subject whose parked event goes back into the queue; a kept event whose turn it is is tried at once."""
        with self.database.writing() as connection:
            inbox.release(connection, subject)
        self.take_kept()

    def baseline(self, subject: str, sequence: int) -> None:
        """Accept a subject's events from after `sequence`; kept events that follow are taken."""
        with self.database.writing() as connection:
            inbox.baseline(connection, subject, sequence, self.clock.now())
        self.take_kept()

    def describe(self, request: Json) -> Json:
        """Say what this service offers: kinds, states, acts with their schemas and texts, clauses, events, and a hash of all that."""
        book = self.application.registry.in_force(today(self.clock.now()))
        if book.name not in self._descriptions:
            self._descriptions[book.name] = describe(self.application.definitions, book)
        return self._descriptions[book.name]

    @contextmanager
    def _view(self, request: Json, *, writes: bool = False) -> Iterator[View]:
        """Open a reading for whoever asks."""
        actor = self._actor(request)
        with self.database.writing() if writes else self.database.reading() as connection:
            parts = self.application.definitions
            yield View(parts, self.settings, self.clocks, self.seal, connection, actor, self.clock.now())

    def acts(self, request: Json) -> list[Json]:
        """Say what the actor may do now: on a root (`id`), or to open one of a `kind`; `act` or `choices` asks for choices too."""
        with self._view(request) as view:
            return offers.acts(view, request)

    def get(self, request: Json) -> Json:
        """Return a root as the actor may see it; `reveal` opens the marked fields it may see, which is recorded."""
        reveal = bool(request.get("reveal"))
        with self._view(request, writes=reveal) as view:
            return page.get(view, str(request.get("id")), reveal=reveal)

    def search(self, request: Json) -> Json:
        """Return a page of the roots that the actor may see: of a kind, of a dossier, with a number, with words in them."""
        with self._view(request) as view:
            return lists.search(view, request)

    def duties(self, request: Json) -> Json:
        """Return a page of what waits for the actor: running clocks with the acts that meet them, drafts, and roots that await an act."""
        with self._view(request) as view:
            return duties.duties(view, request)

    def late(self, request: Json) -> list[Json]:
        """Return how much is overdue in each unit that the actor's bureau has or stands above."""
        with self._view(request) as view:
            return duties.late(view)

    def journal(self, request: Json) -> Json:
        """Return a page of the journal of a root or of a dossier, as far as the actor may see it."""
        with self._view(request) as view:
            return journal.journal(view, request)

    def verify(self, identifier: str) -> list[str]:
        """Verify the hash chain of a root, or of every root that is here of a dossier; returns the faults.

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
        """Tell what is wrong: `{ok, faults, outbox, tasks, kept, held, rebuilding}`; `kept` are events that wait for an earlier one."""
        faults = [fault for check in self.application.health if (fault := check())]
        counts: Json = {}
        try:
            with self.database.reading() as connection:
                counted = {"outbox": tables.outbox, "tasks": tables.tasks, "kept": tables.waiting_events}
                for name, table in counted.items():
                    counts[name] = connection.execute(text(f"select count(*) from {table.name}")).scalar_one()
                counts["held"] = connection.execute(text("select count(*) from inbox where held")).scalar_one()
            counts["rebuilding"] = not self.rebuild.done()
        except Exception as fault:
            faults.append(f"database: {type(fault).__name__}")
        return {"service": self.name, "ok": not faults, "faults": faults, **counts}

    def round(self) -> bool:
        """Do what time brings, for the scheduler's loop: lapses, reminders, outdated duties, kept events, pruning; tell whether more waits."""
        return one_round((self.lapse, self.rebuild_projections, self.take_kept, self._prune_a_batch))

    def prune(self) -> int:
        """Forget outcomes and inbox rows that are older than configured, of a batch of rows; returns how many."""
        return self.pruning.step()

    def _prune_a_batch(self) -> int:
        """Prune without asking for more at once: a batch a round leaves the process to others.

        Not on a clock that can be moved (production refuses one): a jump of legal time makes no row older.
        """
        if not isinstance(self.clock, FileClock):
            self.prune()
        return 0

    def lapse(self) -> int:
        """Journal the periods that have lapsed and recount provisional ones, if this process holds the lease; returns how many."""
        noted = self.scheduler.lapse()
        if noted:
            self.committed()
        return noted

    def rebuild_projections(self) -> int:
        """Rewrite a batch of duties, readers and words that were written under other rulebooks or settings; returns of how many roots."""
        return self.rebuild.step()

    def check_stored(self) -> None:
        """Raise ConfigurationFault where something is stored that no loaded rulebook knows, listed with counts."""
        with self.database.reading() as connection:
            faults = unknown(self.application.registry, connection)
        if faults:
            raise ConfigurationFault(faults)

    def change_rulebook(self, name: str, *, final: bool = False) -> Iterator[Progress]:
        """Move what lives under the rulebook that edition `name` replaces to it, as its `moves:` say; yields the progress."""
        change = EditionChange(self.database, self.performer, self._now, name)
        yield from change.apply(final=final)

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def _public_key(config: Config) -> Ed25519PublicKey:
    key = load_pem_public_key(Path(config.token_public_key).read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigurationFault(["TOKEN_PUBLIC_KEY is not an Ed25519 key"])
    return key
