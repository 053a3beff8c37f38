"""An office of experts on a database, and the people who act in it, for the rule and storage tests."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from chassis.core import Refusal
from chassis.core.dates.times import SHANGHAI, FixedClock
from chassis.core.storage.tables import outbox
from chassis.core.trust.tokens import Actor, issue
from chassis.testing.stage import KEY, opened
from experts.app import application

POOL = yaml.safe_load(files("experts.sample").joinpath("pool.yaml").read_text(encoding="utf-8"))
STAGES = yaml.safe_load((Path(__file__).parent / "rules" / "stages.yaml").read_text(encoding="utf-8"))
TODAY = datetime(2026, 6, 1, 10, tzinfo=SHANGHAI)

PEOPLE = {
    "institution": Actor("person_institute", "org_institute", ("org_institute",), None, ("institution",), ("handler",)),
    "lead_bureau": Actor(
        "person_recall", "org_210000-recall", ("org_210000-recall", "org_210000"), "210000", ("recall",), ("handler",)
    ),
    "city": Actor("person_shenyang", "org_210100", ("org_210100",), "210100", ("recall",), ("handler",)),
    "county": Actor("person_heping", "org_210102", ("org_210102",), "210102", ("recall",), ("handler",)),
    "producer": Actor("person_firm", "org_91210100MA0000A019", ("org_91210100MA0000A019",), None, ("producer",)),
}


def expert(person: str) -> Actor:
    """An expert signed in as a person of the pool."""
    return Actor(person, "org_experts", ("org_experts",), None, ("expert",))


class Stage:
    """One office with its people; keeps the last root of each kind, and the experts of the pool in order."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.office = opened(application, folder, url)
        self.office.clock = FixedClock(TODAY)
        self.last: dict[str, str] = {}
        self.experts: list[str] = []
        self.events = 0

    def token(self, actor: Actor | None) -> str | None:
        """A fresh token for somebody; none for the public."""
        return issue(actor, KEY) if actor else None

    def today(self, day: str) -> None:
        """Move legal time to ten in the morning of a day."""
        self.office.clock = FixedClock(datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=SHANGHAI))

    def root(self, kind: str = "panel", actor: str = "institution") -> dict[str, Any]:
        """The last root of a kind, as the institution (or another) sees it."""
        root: dict[str, Any] = self.office.get({"token": self.token(PEOPLE[actor]), "id": self.last[kind]})
        return root

    def seats(self) -> list[dict[str, Any]]:
        """The seats of the last panel, oldest first."""
        return [part for part in self.root()["parts"] if part["kind"] == "seat"]

    def who(self, by: str, on: int | None = None) -> Actor | None:
        """Whom a case means: a name of PEOPLE, `member` (of the seat), `member 1`, `leader`, `self`, `stranger`."""
        if by == "public":
            return None
        if by == "stranger":
            return expert("person_expert8")
        if by == "self":
            return expert(self.root("expert")["body"]["person"])
        if by == "leader":
            return expert(self.root()["body"]["leader"]["person"])
        if by.startswith("member"):
            return expert(self.seats()[int(by[6:] or on or 0)]["body"]["person"])
        return PEOPLE[by]

    def do(
        self,
        act: str,
        by: str | Actor,
        *,
        kind: str = "panel",
        on: int | None = None,
        data: Mapping[str, Any] | None = None,
        id: str | None = None,
    ) -> dict[str, Any]:
        """Somebody performs an act on the last root of a kind, or opens one; the outcome, or the Refusal raised."""
        rule = application.rulebook.act(kind, act)
        assert rule is not None, act
        actor = self.who(by, on) if isinstance(by, str) else by
        addressed = None if rule.new else id or self.last[kind]
        part = None if on is None else self.seats()[on]
        version = None if rule.new else part["version"] if part else self._version(addressed)
        outcome = self.office.perform({
            "token": self.token(actor), "command": f"test-{uuid.uuid4()}", "kind": kind, "id": addressed, "act": act,
            "part": part and part["id"], "expects": version, "data": dict(data or {}),
        })  # fmt: skip
        self.last[kind] = outcome["root"]
        return outcome

    def _version(self, root: str | None) -> int:
        return int(self.office.get({"token": self.token(PEOPLE["institution"]), "id": root})["version"])

    def event(self, kind: str, data: Mapping[str, Any], dossier: str = "dossier_1") -> str:
        """Deliver a fact of another service; returns the outcome of its receipt."""
        self.events += 1
        body = {
            "specversion": "1.0", "id": f"event_{self.events}", "source": "/" + kind.split(".")[0], "type": kind,
            "subject": f"case_{self.events}", "sequence": "1", "dossier": dossier, "data": dict(data),
        }  # fmt: skip
        (receipt,) = self.office.receive([json.dumps(body).encode()])
        if receipt.outcome == "taken":
            panels = self.office.search({"token": self.token(PEOPLE["institution"]), "kind": "panel"})
            self.last["panel"] = max(item["id"] for item in panels["items"])
        return str(receipt.outcome)

    def facts(self) -> list[tuple[str, dict[str, Any]]]:
        """The facts that wait in the outbox: name and data, oldest first."""
        with self.office.database.reading() as connection:
            rows = connection.execute(select(outbox).order_by(outbox.c.id)).mappings().all()
        return [(row["type"].split(".")[1], json.loads(row["body"])["data"]) for row in rows]

    def pool(self) -> None:
        """Register and admit the nine experts of the sample."""
        for each in POOL["experts"]:
            self.experts.append(self.do("register-expert", "institution", kind="expert", data=each["register"])["root"])
            self.do("admit-expert", "lead_bureau", kind="expert", data=each["admit"])

    def go(self, step: str | Mapping[str, Any]) -> dict[str, Any] | None:
        """Take a step of a case: a stage by name, the sample pool, an event, or an act."""
        if isinstance(step, str):
            for each in STAGES[step]:
                self.go(each)
            return None
        if "stage" in step:
            return self.go(step["stage"])
        if "sample" in step:
            self.pool()
            return None
        if "event" in step:
            assert self.event(step["event"], step["data"]) == "taken"
            return None
        return self.do(
            step["act"],
            step["by"],
            kind=step.get("kind", "panel"),
            on=step.get("seat"),
            data=self._meant(step.get("data")),
        )

    def _meant(self, data: Any) -> Any:
        """A case's data, with `expert 3` read as the id of the third expert of the pool."""
        if isinstance(data, dict) and "members" in data:
            return {**data, "members": [self.experts[int(name.split()[1]) - 1] for name in data["members"]]}
        return data


def refusal(stage: Stage, step: Mapping[str, Any]) -> Refusal | None:
    """Try a step; the refusal, or None where it was done."""
    try:
        stage.go(step)
    except Refusal as refused:
        return refused
    return None
