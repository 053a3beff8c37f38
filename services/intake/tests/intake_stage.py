"""An office of intake on a database, and the people who act in it, for the rule and storage tests."""

import json
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from chassis.core import Refusal
from chassis.core.dates.times import SHANGHAI, FixedClock
from chassis.core.storage.tables import outbox
from chassis.core.trust.tokens import Actor, issue
from chassis.testing.stage import KEY, opened
from intake.app import application

STAGES_FILE = Path(__file__).parent / "rules" / "stages.yaml"
TODAY = datetime(2026, 3, 24, 10, tzinfo=SHANGHAI)


def _division(name: str, office: str, *posts: str, person: str | None = None) -> Actor:
    orgs = (f"org_210000-{name}", "org_210000")
    return Actor(person or f"person_{name}", orgs[0], orgs, "210000", (office,), posts or ("handler",))


def _bureau(org: str, area: str) -> Actor:
    return Actor(f"person_{org}", org, (org,), area, ("recall", "complaints", "enforcement"), ("handler",))


def _firm(code: str, office: str) -> Actor:
    return Actor(f"person_{code}", f"org_{code}", (f"org_{code}",), None, (office,))


PEOPLE = {
    "recall": _division("recall", "recall"),
    "recall_head": _division("recall", "recall", "head", person="person_recall_head"),
    "leader": Actor(
        "person_leader",
        "org_210000-office",
        ("org_210000-office", "org_210000"),
        "210000",
        ("leadership",),
        ("leader",),
    ),
    "quality": _division("quality", "quality_supervision"),
    "enforcement": _division("enforcement", "enforcement"),
    "consumer": _division("consumer", "consumer_rights"),
    "network": _division("network", "network_supervision"),
    "12315": _division("12315", "complaints"),
    "opinion": _division("opinion", "public_opinion"),
    "city": _bureau("org_210100", "210100"),
    "other_city": _bureau("org_210200", "210200"),
    "county": _bureau("org_210102", "210102"),
    "institution": Actor("person_institute", "org_institute", ("org_institute",), None, ("institution",), ("handler",)),
    "institution_head": Actor(
        "person_institute_head", "org_institute", ("org_institute",), None, ("institution",), ("head",)
    ),
    "producer": _firm("91210100MA0000A019", "producer"),
    "operator": _firm("91210100MA0000A03F", "operator"),
}


class Stage:
    """One office with its people; keeps the last root of each kind, and every lead in the order it was opened."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.office = opened(application, folder, url)
        self.office.clock = FixedClock(TODAY)
        self.stages = yaml.safe_load(STAGES_FILE.read_text(encoding="utf-8"))
        self.last: dict[str, str] = {}
        self.leads: list[str] = []
        self.outcome: dict[str, Any] = {}
        self.events = 0

    def token(self, who: str | None) -> str | None:
        """A fresh token for somebody; none for the public."""
        return issue(PEOPLE[who], KEY) if who and who != "public" else None

    def today(self, day: str) -> None:
        """Move legal time to ten in the morning of a day."""
        self.office.clock = FixedClock(datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=SHANGHAI))

    def root(self, id: str, who: str = "recall") -> dict[str, Any]:
        """A root as the recall division (or another) sees it."""
        root: dict[str, Any] = self.office.get({"token": self.token(who), "id": id})
        return root

    def do(
        self,
        kind: str,
        act: str,
        who: str,
        data: Mapping[str, Any] | None = None,
        *,
        id: str | None = None,
        part: str | None = None,
        command: str | None = None,
    ) -> dict[str, Any]:
        """Somebody performs an act on the last root of a kind (or `id`), or opens one; `part` names the kind of its last part."""
        rule = application.rulebook.act(kind, act)
        new = rule is not None and rule.new
        addressed = None if new else id or self.last.get(kind)
        version, part_id = None, None
        if addressed:
            seen = self._seen(addressed)
            version = seen["version"]
            if part:
                last = [p for p in seen["parts"] if p["kind"] == part][-1]
                version, part_id = last["version"], last["id"]
        self.outcome = self.office.perform(
            {
                "token": self.token(who),
                "command": command or f"test-{uuid.uuid4()}",
                "kind": kind,
                "id": addressed,
                "act": act,
                "part": part_id,
                "expects": version,
                "data": dict(data or {}),
            }
        )
        self.last[kind] = self.outcome["root"]
        self.leads += [
            opened
            for opened in ([self.outcome["root"]] if new else []) + self.outcome["opened"]
            if opened.startswith("lead_")
        ]
        if self.leads and kind != "lead" and self.outcome["opened"]:
            self.last["lead"] = self.leads[-1]
        return self.outcome

    def _seen(self, id: str) -> dict[str, Any]:
        for who in ("recall", "producer", "city", "quality"):
            try:
                return self.root(id, who)
            except Refusal:
                continue
        raise AssertionError(f"nobody sees {id}")

    def event(self, type: str, data: Mapping[str, Any]) -> str:
        """Deliver a fact of another service; returns the outcome of its receipt."""
        self.events += 1
        body = {
            "specversion": "1.0",
            "id": f"event_{self.events}",
            "source": "/" + type.split(".")[0],
            "type": type,
            "subject": f"panel_{self.events}",
            "sequence": "1",
            "dossier": "dossier_1",
            "data": dict(data),
        }
        (receipt,) = self.office.receive([json.dumps(body).encode()])
        return str(receipt.outcome)

    def opinion(self, **more: Any) -> str:
        """The experts' signed opinion on the last consultation of the last signal arrives."""
        signal = self.root(self.last["signal"])
        part = [p for p in signal["parts"] if p["kind"] == "consultation"][-1]["id"]
        return self.event(
            "experts.opinion-signed.v1",
            {
                "request": part,
                "root": signal["id"],
                "part": part,
                "panel": "panel_1",
                "purpose": "consultation",
                "conclusion": "possible_defect",
                "reasons": "甲醛释放量超标",
                "signed_on": "2026-03-31",
                "leader": "person_expert1",
                **more,
            },
        )

    def facts(self) -> list[tuple[str, dict[str, Any]]]:
        """The facts that wait in the outbox: name and data, oldest first."""
        with self.office.database.reading() as connection:
            rows = connection.execute(select(outbox).order_by(outbox.c.id)).mappings().all()
        return [(row["type"].split(".")[1], json.loads(row["body"])["data"]) for row in rows]

    def choices(self, kind: str, act: str, who: str, id: str | None = None) -> dict[str, list[dict[str, str]]]:
        """The choices of the moment that an act offers."""
        offers = self.office.acts({"token": self.token(who), "kind": kind, "id": id, "act": act})
        choices: dict[str, list[dict[str, str]]] = next(offer["choices"] for offer in offers if offer["act"] == act)
        return choices

    def go(self, step: str | Mapping[str, Any]) -> None:
        """Take a step of a case: a stage by name, a date, an event, an opinion, or an act."""
        if isinstance(step, str):
            for each in self.stages[step]:
                self.go(each)
        elif "stage" in step:
            self.go(step["stage"])
        elif "today" in step:
            self.today(step["today"])
        elif "opinion" in step:
            assert self.opinion(**(step["opinion"] or {})) == "taken"
        else:
            id = self.leads[step["lead"] - 1] if "lead" in step else None
            self.do(step["kind"], step["act"], step["by"], self._meant(step.get("data")), id=id, part=step.get("part"))
            if "approve" in step:
                self.approve(step["kind"], step["approve"])

    def approve(self, kind: str, people: list[str]) -> None:
        """Approve the last draft, step by step of its chain."""
        draft = self.outcome["draft"]["id"]
        for who in people:
            self.do(kind, "approve-draft", who, {"draft": draft})

    def _meant(self, data: Any) -> Any:
        """A case's data, with `<lead 2>` read as the id of the second lead that was opened."""
        if isinstance(data, dict):
            return {key: self._meant(value) for key, value in data.items()}
        if isinstance(data, list):
            return [self._meant(value) for value in data]
        match = re.fullmatch(r"<lead (\d+)>", data) if isinstance(data, str) else None
        return self.leads[int(match[1]) - 1] if match else data


def refusal(stage: Stage, step: str | Mapping[str, Any]) -> Refusal | None:
    """Try a step; the refusal, or None where it was done."""
    try:
        stage.go(step)
    except Refusal as refused:
        return refused
    return None
