"""The recall service with the people of the sample province, who act by name, and the sample case's steps."""

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from chassis.core import Office
from chassis.core.dates.times import FixedClock
from chassis.core.ids import new_id
from chassis.core.storage import roots as store
from chassis.core.storage import tables
from chassis.core.trust.tokens import Actor, issue
from chassis.testing.stage import KEY

PRODUCER = "91210100MA0000A019"
SHOP = "91210100MA0000A03F"
CASE = "case_01990000-0000-7000-8000-000000000001"


def _person(
    name: str, *organisations: str, area: str | None = None, offices: tuple[str, ...] = (), posts: tuple[str, ...] = ()
) -> Actor:
    return Actor(name, organisations[0], organisations, area, offices, posts)


PEOPLE = {
    "handler": _person(
        "p_handler", "org_210000-recall", "org_210000", area="210000", offices=("recall",), posts=("handler",)
    ),
    "head": _person("p_head", "org_210000-recall", "org_210000", area="210000", offices=("recall",), posts=("head",)),
    "leader": _person(
        "p_leader", "org_210000-office", "org_210000", area="210000", offices=("leadership",), posts=("leader",)
    ),
    "legal": _person("p_legal", "org_210000-legal", "org_210000", area="210000", offices=("legal",), posts=("legal",)),
    "enforcement": _person(
        "p_enforcement",
        "org_210000-enforcement",
        "org_210000",
        area="210000",
        offices=("enforcement",),
        posts=("handler",),
    ),
    "enforcement_head": _person(
        "p_enforcement_head",
        "org_210000-enforcement",
        "org_210000",
        area="210000",
        offices=("enforcement",),
        posts=("head",),
    ),
    "institution": _person("p_institution", "org_institute", offices=("institution",), posts=("handler",)),
    "shenyang": _person(
        "p_shenyang", "org_210100", area="210100", offices=("recall", "complaints", "enforcement"), posts=("handler",)
    ),
    "dalian": _person(
        "p_dalian", "org_210200", area="210200", offices=("recall", "complaints", "enforcement"), posts=("handler",)
    ),
    "county": _person(
        "p_county", "org_210102", area="210102", offices=("recall", "complaints", "enforcement"), posts=("handler",)
    ),
    "producer": _person("p_producer", f"org_{PRODUCER}", offices=("producer",)),
    "shop": _person("p_shop", f"org_{SHOP}", offices=("operator",)),
    "stranger": _person("p_stranger", "org_91210200MA0000A02H", offices=("producer",)),
}


class Stage:
    """An office with the people of the sample province, who act by name; events can be delivered and the day set."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._commands = itertools.count(1)
        self._sequences: dict[str, int] = {}
        self.reason: str | None = None

    def on(self, day: str) -> None:
        """Make it this day (10 in the morning in Shanghai)."""
        self.today = day
        self.office.clock = FixedClock(datetime.fromisoformat(f"{day}T02:00:00").replace(tzinfo=UTC))

    def token(self, who: str) -> str:
        """The token of a person of the sample province."""
        return issue(PEOPLE[who], KEY)

    def get(self, who: str, root: str) -> dict[str, Any]:
        """A root as somebody sees it."""
        return self.office.get({"token": self.token(who), "id": root})

    def act(
        self,
        who: str,
        kind: str,
        act: str,
        root: str | None = None,
        data: dict[str, Any] | None = None,
        part: str | None = None,
    ) -> dict[str, Any]:
        """Perform an act on the version that stands; a draft is approved to the end of its chain."""
        request = {
            "command": f"command-{next(self._commands):06}",
            "token": self.token(who),
            "kind": kind,
            "act": act,
            "id": root,
            "part": part,
            "data": data or {},
        }
        if root:
            request["expects"] = self._version(root, part)
        outcome = self.office.perform(request)
        return self._signed(kind, outcome, who) if outcome.get("draft") and act != "approve-draft" else outcome

    def _signed(self, kind: str, drafted: dict[str, Any], who: str) -> dict[str, Any]:
        outcome = drafted
        head = "enforcement_head" if who.startswith("enforcement") else "head"
        for signer in (head, "leader"):
            outcome = self.act(signer, kind, "approve-draft", drafted["root"], {"draft": drafted["draft"]["id"]})
        return outcome

    def _version(self, root: str, part: str | None) -> int | None:
        table, identifier = (tables.parts, part) if part else (tables.roots, root)
        with self.office.database.reading() as connection:
            return connection.execute(select(table.c.version).where(table.c.id == identifier)).scalar_one_or_none()

    def event(
        self,
        type: str,
        data: dict[str, Any],
        *,
        subject: str | None = None,
        dossier: str = "dossier_example",
        sequence: int | None = None,
    ) -> str:
        """Deliver a fact of another service; returns the outcome of its receipt."""
        subject = subject or data.get("case") or data.get("document") or data.get("publication")
        if sequence is None:
            sequence = self._sequences[subject] = self._sequences.get(subject, 0) + 1
        event = {"specversion": "1.0", "id": new_id("event"), "type": type, "subject": subject, "dossier": dossier}
        event |= {"source": f"/{type.partition('.')[0]}", "time": "2026-07-06T02:00:00Z", "sequence": str(sequence)}
        event["data"] = data
        receipt = self.office.receive([json.dumps(event).encode()])[0]
        self.reason = receipt.reason
        return receipt.outcome

    def facts(self, name: str | None = None) -> list[dict[str, Any]]:
        """The facts in the outbox, or those of one name, oldest first."""
        with self.office.database.reading() as connection:
            rows = connection.execute(
                select(tables.outbox.c.type, tables.outbox.c.body).order_by(tables.outbox.c.id)
            ).all()
        return [json.loads(row.body)["data"] for row in rows if name is None or row.type == f"recall.{name}.v1"]

    def roots(self, kind: str) -> list[str]:
        """The ids of the roots of a kind."""
        with self.office.database.reading() as connection:
            return list(
                connection.execute(
                    select(tables.roots.c.id).where(tables.roots.c.kind == kind).order_by(tables.roots.c.id)
                ).scalars()
            )

    def system(self, root: str) -> store.Loaded:
        """A root with all that belongs to it, as the service itself holds it."""
        with self.office.database.reading() as connection:
            return store.load(connection, root, lock=False)

    def parts_of(self, root: str, kind: str) -> list[dict[str, Any]]:
        """The parts of a kind, oldest first."""
        return [
            {"id": part.id, "state": part.state, "body": part.body}
            for part in self.system(root).parts
            if part.kind == kind
        ]


NOTIFIED = {
    "case": CASE,
    "producer": {"code": PRODUCER, "name": "辽宁示例家具制造有限公司", "address": "沈阳市示例路1号"},
    "product": {"name": "示例学习桌", "brand": "示例", "model": "SL-1200", "category": "家具"},
    "hazard": "甲醛释放量超标，危及人身安全",
    "defect": "甲醛释放量超过 GB 18584 限值",
    "notified_on": "2026-07-06",
    "institution": "org_institute",
    "basis": "notice",
}

STEPS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "rules" / "steps.yaml").read_text(encoding="utf-8"))
"""What people and other services do in the sample case, by name."""


def fact_about(recall: str, **more: Any) -> dict[str, Any]:
    """The data of a fact about the sample case's recall."""
    return {"case": CASE, "recall": recall, "root": recall, "document": "document_example", **more}


def do(stage: Stage, recall: str, *steps: str) -> dict[str, Any]:
    """People do steps of steps.yaml, one after the other; the last outcome."""
    outcome: dict[str, Any] = {}
    for step in steps:
        row = STEPS[step]
        data = {name: stage.today if value == "today" else value for name, value in row["data"].items()}
        part = stage.parts_of(recall, row["part"])[-1]["id"] if "part" in row else None
        outcome = stage.act(row["who"], "recall", row["act"], recall, data, part)
    return outcome


def begin(stage: Stage) -> str:
    """The recall that the notice of the sample case opens."""
    assert stage.event("investigation.recall-notified.v1", NOTIFIED, subject=CASE, dossier="dossier_sample") == "taken"
    (recall,) = stage.roots("recall")
    return recall


def deliver(stage: Stage, recall: str, type: str, **data: Any) -> str:
    """Another service publishes a fact about the recall; returns the outcome of its receipt."""
    subject = CASE if type.startswith("investigation.") else data.get("publication", "document_example")
    return stage.event(type, fact_about(recall, **data), subject=subject, dossier="dossier_sample")
