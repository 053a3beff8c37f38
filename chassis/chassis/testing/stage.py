"""A stage: an office on a fresh database with people who act by name, events of other services, and a day that can be set."""

import base64
import json
import tempfile
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import event as engine_event
from sqlalchemy import select

from chassis.core import Application, Office
from chassis.core.config import Config
from chassis.core.dates.times import SHANGHAI, FixedClock, iso
from chassis.core.ids import new_id
from chassis.core.rulebook.model import DRAFT_ACTS
from chassis.core.storage import roots, tables
from chassis.core.storage.migrate import upgrade
from chassis.core.triggers.inbox import Receipt
from chassis.core.triggers.tasks import Tasks
from chassis.core.trust.tokens import Actor, issue

Json = dict[str, Any]
KEY = Ed25519PrivateKey.generate()
MORNING = "10:00:00"


@cache
def _migrated(application: Application) -> bytes:
    """An empty SQLite database with every migration done, once a run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        upgrade(application.package, f"sqlite:///{path}")
        return path.read_bytes()


def configured(package: str) -> Json:
    """Return the settings in a service's own configuration file."""
    path = resources.files(package) / "config.yml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")).get("settings") or {}) if path.is_file() else {}


def opened(
    application: Application, folder: Path, url: str | None = None, settings: Mapping[str, Any] | None = None
) -> Office:
    """Open an application in a folder: on `url` (migrated already), or on a fresh SQLite file; tokens are signed by `KEY`."""
    public, seal = folder / "token.pub.pem", folder / "seal.key"
    public.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    seal.write_bytes(base64.b64encode(b"s" * 32))
    if url is None:
        path = folder / f"{application.name}.db"
        path.write_bytes(_migrated(application))
        url = f"sqlite:///{path}"
    own = configured(application.package) if settings is None else dict(settings)
    files = f"file://{folder}/files"
    config = Config(application.name, "test", url, "amqp://", files, "system", str(public), str(seal), settings=own)
    office = Office(application, config)
    if office.database.sqlite:
        engine_event.listen(office.database.engine, "connect", _without_waiting_for_the_disk)
    while office.rebuild_projections():  # what is stored already, if anything, was derived under other settings
        continue
    return office


def _without_waiting_for_the_disk(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def another_worker(office: Office) -> Tasks:
    """Return the tasks of an office as another process sees them."""
    return Tasks(office.database, office.performer, office.files, office.clock.now, office.committed)


class Stage:
    """An office and its people. It remembers the last root of each kind, the last outcome and the last receipt."""

    def __init__(
        self,
        application: Application,
        folder: Path,
        people: Mapping[str, Actor],
        *,
        url: str | None = None,
        settings: Mapping[str, Any] | None = None,
        day: str = "2026-07-06",
    ) -> None:
        self.application = application
        self.office = opened(application, folder, url, settings)
        self.people = dict(people)
        self.last: dict[str, str] = {}
        self.outcome: Json = {}
        self.receipt: Receipt | None = None
        self._sequences: dict[str, int] = {}
        self.on(day)

    def close(self) -> None:
        """Close the office's database."""
        self.office.close()

    def on(self, day: str, at: str = MORNING) -> None:
        """Make it this day and time in Shanghai, the clock standing."""
        self.day = day
        self.office.clock = FixedClock(datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=SHANGHAI))

    def token(self, who: str | None) -> str | None:
        """Return a fresh token for a person by name; None and `public` have none."""
        return None if who in (None, "public") else issue(self.people[str(who)], KEY)

    def request(
        self,
        who: str | None,
        kind: str,
        act: str,
        data: Mapping[str, Any] | None = None,
        *,
        root: str | None = None,
        part: str | None = None,
        command: str | None = None,
    ) -> Json:
        """Return the request of an act on a root as it stands: `root` defaults to the last of its kind; `part` is an id, or a kind (its last)."""
        rule = self.application.rulebook.act(kind, act)
        root = None if rule and rule.new else root or self.last.get(kind)
        request: Json = {
            "token": self.token(who),
            "command": command or f"test-{uuid.uuid4()}",
            "kind": kind,
            "act": act,
        }
        request |= {"id": root, "data": dict(data or {}), "part": None, "expects": None}
        if root:
            seen = self.system(root)
            addressed = seen.part(part) or next((p for p in reversed(seen.parts) if p.kind == part), None)
            request["part"] = addressed.id if addressed else part
            request["expects"] = addressed.version if addressed else seen.root.version
        return request

    def act(
        self,
        who: str | None,
        kind: str,
        act: str,
        data: Mapping[str, Any] | None = None,
        *,
        root: str | None = None,
        part: str | None = None,
        command: str | None = None,
        sign: bool = True,
    ) -> Json:
        """Perform an act; with `sign`, its draft goes up the chain at once, by the people who hold the posts."""
        self.outcome = self.office.perform(self.request(who, kind, act, data, root=root, part=part, command=command))
        self.last[kind] = self.outcome["root"]
        for other in self.outcome["opened"]:
            self.last[other.rpartition("_")[0]] = other
        if sign and self.outcome.get("draft") and act not in DRAFT_ACTS:
            self.sign(kind, str(who))
        return self.outcome

    def sign(self, kind: str, drafter: str) -> Json:
        """Take the last draft up to the signature."""
        taken = {self.people[drafter].person}
        while self.outcome["draft"]["state"] == "open":
            draft, post = self.outcome["draft"]["id"], self.outcome["draft"]["post"]
            signer = self._holder(post, self.people[drafter], taken)
            taken.add(self.people[signer].person)
            self.act(signer, kind, "approve-draft", {"draft": draft}, root=self.outcome["root"])
        return self.outcome

    def _holder(self, post: str, drafter: Actor, taken: set[str | None]) -> str:
        for name, actor in self.people.items():
            if (
                post in actor.posts
                and actor.person not in taken
                and set(actor.organisations) & set(drafter.organisations)
            ):
                return name
        raise AssertionError(f"nobody of the people holds {post!r} with {drafter.person}")

    def event(
        self,
        type: str,
        data: Mapping[str, Any],
        *,
        subject: str | None = None,
        dossier: str = "dossier_example",
        sequence: int | None = None,
        id: str | None = None,
    ) -> str:
        """Let a fact of another service arrive, next in its subject's order; returns what became of it (the rest is in `receipt`)."""
        subject = subject or f"subject_{uuid.uuid4()}"
        number = self._sequences.get(subject, 0) + 1 if sequence is None else sequence
        self._sequences[subject] = max(number, self._sequences.get(subject, 0))
        event = {
            "specversion": "1.0",
            "id": id or new_id("event"),
            "source": f"/{type.partition('.')[0]}",
            "type": type,
            "subject": subject,
            "time": iso(self.office.clock.now()),
            "sequence": str(number),
            "dossier": dossier,
            "data": dict(data),
        }
        before = set(self._roots())
        (self.receipt,) = self.office.receive([json.dumps(event).encode()])
        for root in sorted(set(self._roots()) - before):
            self.last[root.rpartition("_")[0]] = root
        return self.receipt.outcome

    def _roots(self) -> list[str]:
        with self.office.database.reading() as connection:
            return list(connection.execute(select(tables.roots.c.id)).scalars())

    def facts(self, name: str) -> list[Json]:
        """Return the data of the facts of one name that wait in the outbox, oldest first."""
        box = tables.outbox
        query = select(box.c.body).where(box.c.type == f"{self.office.name}.{name}.v1").order_by(box.c.id)
        with self.office.database.reading() as connection:
            return [json.loads(body)["data"] for body in connection.execute(query).scalars()]

    def get(self, who: str | None, root: str, **more: Any) -> Json:
        """Return a root as somebody sees it."""
        return self.office.get({"token": self.token(who), "id": root, **more})

    def system(self, root: str) -> roots.Loaded:
        """Return a root with all that belongs to it, as the service itself holds it."""
        with self.office.database.reading() as connection:
            return roots.load(connection, root, lock=False)

    def entries(self, root: str) -> list[Json]:
        """Return the journal entries of a root as they stand in the table, oldest first."""
        query = select(tables.journal.c.entry).where(tables.journal.c.root_id == root).order_by(tables.journal.c.seq)
        with self.office.database.reading() as connection:
            return [json.loads(entry) for entry in connection.execute(query).scalars()]

    def work(self) -> int:
        """Run every task that waits; returns how many."""
        done = 0
        while task := self.office.tasks.claim():
            self.office.tasks.run(task)
            done += 1
        return done
