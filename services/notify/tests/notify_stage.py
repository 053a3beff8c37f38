"""An office of this service on a database of its own, its people, and the events that other services would send."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

from chassis.core import Office
from chassis.core.dates.times import SHANGHAI, FixedClock
from chassis.core.ids import new_id
from chassis.core.triggers.inbox import Receipt
from chassis.core.trust.tokens import Actor, issue
from chassis.testing.stage import KEY

Json = dict[str, Any]
PRODUCER = "org_91210100MA0000A019"
PEOPLE = {
    "registry": Actor(
        "person_registry",
        "org_210000-recall",
        ("org_210000-recall", "org_210000"),
        "210000",
        ("recall",),
        ("registry",),
    ),
    "handler": Actor(
        "person_handler", "org_210000-recall", ("org_210000-recall", "org_210000"), "210000", ("recall",), ("handler",)
    ),
    "quality": Actor(
        "person_quality",
        "org_210000-quality",
        ("org_210000-quality", "org_210000"),
        "210000",
        ("quality_supervision",),
        ("handler",),
    ),
    "producer": Actor("person_producer", PRODUCER, (PRODUCER,), None, ("producer",), ("handler",)),
    "stranger": Actor(
        "person_stranger", "org_91210200MA0000A02H", ("org_91210200MA0000A02H",), None, ("producer",), ("handler",)
    ),
    "city": Actor(
        "person_city", "org_210100", ("org_210100",), "210100", ("recall", "complaints", "enforcement"), ("handler",)
    ),
}


class Stage:
    """An office on which a test sends events, acts as somebody, runs the worker, reads roots and facts."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.sequences: dict[str, int] = {}
        self.root: str | None = None

    def today(self, day: date | str) -> None:
        """Make it ten in the morning of this day, in Shanghai."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        self.office.clock = FixedClock(datetime.combine(day, time(10), SHANGHAI).astimezone(UTC))

    def token(self, who: str | None) -> str | None:
        return issue(PEOPLE[who], KEY) if who else None

    def send(self, kind: str, data: Json, subject: str | None = None, dossier: str = "dossier_1") -> Receipt:
        """Deliver one event and return its receipt."""
        subject = subject or new_id("case")
        self.sequences[subject] = self.sequences.get(subject, 0) + 1
        event = {
            "specversion": "1.0",
            "id": new_id("event"),
            "source": "/test",
            "type": kind,
            "subject": subject,
            "data": data,
            "sequence": str(self.sequences[subject]),
            "dossier": dossier,
            "time": "2026-07-06T02:00:00Z",
        }
        return self.office.receive([json.dumps(event).encode()])[0]

    def issue(self, **fields: Any) -> str:
        """Deliver a document that investigation issued (a recall notice, changed by the keywords); its id."""
        data = issued(**fields)
        receipt = self.send("investigation.document-issued.v1", data)
        assert receipt.outcome == "taken", receipt
        self.root = data["document"]
        return data["document"]

    def act(
        self, name: str, who: str | None, data: Json | None = None, root: str | None = None, kind: str = "document"
    ) -> Json:
        """Perform an act as this person with the root's present version."""
        request = {
            "command": new_id("command"),
            "kind": kind,
            "act": name,
            "data": data or {},
            "token": self.token(who),
        }
        if root:
            request |= {"id": root, "expects": self.version(root)}
        return self.office.perform(request)

    def version(self, root: str) -> int:
        with self.office.database.reading() as connection:
            return int(connection.exec_driver_sql(f"select version from roots where id = '{root}'").scalar_one())

    def work(self) -> int:
        """Run every task that waits; returns how many."""
        done = 0
        while task := self.office.tasks.claim():
            self.office.tasks.run(task)
            done += 1
        return done

    def look(self, root: str) -> Json:
        """The root as the system sees it."""
        return self.office.tasks.read_root(root)

    def facts(self, name: str) -> list[Json]:
        """The data of this service's facts of one name, in order."""
        with self.office.database.reading() as connection:
            rows = connection.exec_driver_sql(
                f"select body from outbox where type = 'notify.{name}.v1' order by id"
            ).scalars()
            return [json.loads(row)["data"] for row in rows]


def issued(**fields: Any) -> Json:
    """The data of a `document-issued` fact: a recall notice to the sample producer, changed by the keywords."""
    return {
        "document": new_id("document"),
        "kind": "召回通知书",
        "title": "召回通知书",
        "root": new_id("case"),
        "root_kind": "case",
        "root_number": "示案〔2026〕1号",
        "part": None,
        "act": "notify-recall",
        "clause": "13(c)",
        "addressee": PRODUCER,
        "addressee_name": "辽宁示例家具制造有限公司",
        "issuer": "org_210000",
        "remedy": None,
        "signed_on": "2026-07-06",
        "signed_by": "person_leader",
        "fields": {"product": {"name": "学生书桌", "brand": "示例", "model": "SL-120"}, "defect": "甲醛释放量超过限量"},
    } | fields


def paper_file(name: str = "送达回证.pdf") -> Json:
    """A file as messages carry it."""
    return {"hash": "0" * 64, "name": name, "size": 10, "media_type": "application/pdf"}


CONFIRMATION = {
    "organisation_name": "辽宁示例家具制造有限公司",
    "electronic_address": "inbox@example.test",
    "contact": "示例联系人",
    "signed_on": "2026-07-01",
    "scan": paper_file("送达地址确认书.pdf"),
}
