"""Sample matters of one service, played on a stage from a file of steps, so that its database holds some of everything.

The file (`sample/<service>.yaml`) holds

- `kind` (of root, where a step names none), `day` (the first), `people` by name, and named `steps`;
- `play`: the steps that are played;
- `afterwards`: what the upgrade test plays on: `acts`, `events`, and `numbers` (`{step, kind, number}`: the step opens a root of
  this kind with this number); and `awaited`, the acts that have come to be among somebody's duties since the release.

A step is a date (the day moves), a list of steps, the name of a step, or one of

- `{who, act, kind, data, part, of, root, sign}`: an act; `part` is a kind of part, meaning that of the person `of` (else of `who`),
  or else the last; `sign: false` leaves a draft open;
- `{event, data, subject}`: a fact of another service arrives;
- `{work: true}`: the tasks that wait are run; `{lapse: true}`: the periods that have lapsed are noted;
- `{who, reveal: kind}`: somebody opens the marked fields of the last root of a kind;
- `{remember: name, kind}`: the last root of the kind is kept under a name of its own;
- `{like: step, …}`: a named step with changes.

In data `today` is the day of the stage, `<case>` the last root of that kind, `<case.visit>` its last part of that kind,
`<body.notice.document>` a value of its body, `<draft>` the last draft, `<=name>` a remembered root.

It uses what `chassis.testing` has had since the first release, so that it plays on the code of any release.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from chassis.testing import stage

Json = dict[str, Any]
SAMPLES = Path(__file__).parent / "sample"
SERVICES = tuple(sorted(path.stem for path in SAMPLES.glob("*.yaml")))
PLACE = re.compile(r"<([a-z=][\w.= -]*)>")
Actor = vars(stage)["Actor"]  # its module was moved after the first release


class Sample:
    """What the file of one service says."""

    def __init__(self, service: str) -> None:
        content = yaml.safe_load((SAMPLES / f"{service}.yaml").read_text(encoding="utf-8"))
        self.service = service
        self.kind: str = content["kind"]
        self.day = str(content["day"])
        self.steps: dict[str, Any] = content["steps"]
        self.play: list[Any] = content["play"]
        self.afterwards: Json = content["afterwards"]
        self.people = {
            name: Actor(
                person=values["person"],
                organisation=values["organisations"][0],
                organisations=tuple(values["organisations"]),
                area=values.get("area"),
                offices=tuple(values.get("offices", ())),
                posts=tuple(values.get("posts", ())),
            )
            for name, values in content["people"].items()
        }

    def written(self, step: Any) -> Iterator[Any]:
        """Yield a step as one or several written out."""
        if isinstance(step, list):
            for each in step:
                yield from self.written(each)
        elif isinstance(step, str):
            yield from self.written(self.steps[step])
        elif isinstance(step, dict) and "like" in step:
            (like,) = self.written(step["like"])
            rest = {key: value for key, value in step.items() if key != "like"}
            yield {**like, **rest, "data": {**like.get("data", {}), **rest.get("data", {})}}
        else:
            yield step


class Player(stage.Stage):
    """A stage that plays a sample and keeps the requests made on it: `[{who, command, kind, act, id, part, expects, data}]`."""

    def __init__(self, sample: Sample, application: Any, folder: Path, url: str | None = None) -> None:
        super().__init__(application, folder, sample.people, url=url, day=sample.day)
        self.sample = sample
        self.remembered: dict[str, str] = {}
        self.requests: list[Json] = []

    def resume(self, day: str, last: Mapping[str, str], remembered: Mapping[str, str]) -> None:
        """Go on where another player ended on this database: its day and roots, and the sequences of events as they were received."""
        self.on(day)
        self.last, self.remembered = dict(last), dict(remembered)
        with self.office.database.reading() as connection:
            received = connection.exec_driver_sql("select subject, last from inbox").all()
        self._sequences = {row.subject: row.last for row in received}

    def request(self, who: str | None, kind: str, act: str, *arguments: Any, **named: Any) -> Json:
        """Return the request of an act, and keep it."""
        request: Json = super().request(who, kind, act, *arguments, **named)
        self.requests.append({"who": who, **{key: value for key, value in request.items() if key != "token"}})
        return request

    def play(self, step: Any) -> None:
        """Play one step, or the several that a name stands for."""
        for each in self.sample.written(step):
            if isinstance(each, date):
                self.on(each.isoformat())
            elif "work" in each:
                self.work()
            elif "lapse" in each:
                self.office.lapse()
            elif "reveal" in each:
                self.get(each["who"], self.last[each["reveal"]], reveal=True)
            elif "remember" in each:
                self.remembered[each["remember"]] = self.last[each.get("kind", self.sample.kind)]
            elif "event" in each:
                self._receive(each)
            else:
                self._act(each)

    def _receive(self, step: Mapping[str, Any]) -> None:
        receipt = self.event(step["event"], self._meant(step["data"]), subject=self._meant(step.get("subject")))
        assert receipt == "taken", f"{step['event']}: {self.receipt}"

    def _act(self, step: Mapping[str, Any]) -> None:
        kind, who = step.get("kind", self.sample.kind), step.get("who")
        root = self._meant(step.get("root"))
        part = self._part(root or self.last.get(kind), step["part"], step.get("of", who)) if "part" in step else None
        self.act(
            who, kind, step["act"], self._meant(step.get("data", {})), root=root, part=part, sign=step.get("sign", True)
        )

    def _part(self, root: str | None, kind: str, who: str | None) -> str:
        """Return the part of a kind that is this person's, or else the last."""
        assert root is not None
        parts = [part for part in self.system(root).parts if part.kind == kind]
        person = self.people[who].person if who in self.people else None
        return str(next((part for part in parts if person and part.body.get("person") == person), parts[-1]).id)

    def _meant(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._meant(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._meant(item) for item in value]
        if value == "today":
            return self.day
        if isinstance(value, date):
            return value.isoformat()
        place = PLACE.fullmatch(value) if isinstance(value, str) else None
        return self._value_at(place[1]) if place else value

    def _value_at(self, place: str) -> Any:
        if place == "draft":
            return self.outcome["draft"]["id"]
        if place.startswith("="):
            return self.remembered[place[1:]]
        kind, _, path = place.partition(".")
        if kind == "body":
            value: Any = self.system(self.last[self.sample.kind]).root.body
            for key in path.split("."):
                value = value[key]
            return value
        if not path:
            return self.last[kind]
        return [part for part in self.system(self.last[kind]).parts if part.kind == path][-1].id


def duties_of(player: Player, who: str) -> list[list[Any]]:
    """Return what waits for a person as `[root, act, due_on]`, sorted. The first release answered with a list, later ones with pages."""
    rows: list[Json] = []
    request: Json = {"size": 200}
    while True:
        answer = player.office.duties({"token": player.token(who), **request})
        rows += answer if isinstance(answer, list) else answer["items"]
        if isinstance(answer, list) or not answer["next"]:
            break
        request["after"] = answer["next"]
    return sorted(
        ([row["root"], act, row["due_on"]] for row in rows for act in row["acts"]), key=lambda row: json.dumps(row)
    )
