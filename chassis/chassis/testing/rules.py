"""Rule cases: what a jurist writes in YAML (given / when / then, a file a clause), played on a stage.

A file holds `clause`, the law's words as `text`, and `cases`, each with `name given when then`. A step is a date (the day
moves; `2026-07-20T23:59:59` also the time), the name of a step or of a list of steps in `steps.yaml`, or a step written
out: `{who, act, kind, data, part}` for an act, `{event, data, subject}` for a fact of another service; `like:` takes a
named step and changes it. In data, `today` is the day of the stage, `left out` takes a field away, `<case>` is the last root
of that kind, `<case.visit>` its last part of that kind, `<body.notice.document>` a value of the root's body.

`then` may ask for: state, parts, body, due, clock, late, clause, number, documents, facts, parties, noted, holds (other
kinds' states), receipt, or for refused (with guard or field).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from chassis.core import Refusal
from chassis.core.storage.roots import Loaded
from chassis.testing.stage import Stage

DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d))?")
PLACE = re.compile(r"<([a-z][\w.-]*)>")


@dataclass(frozen=True)
class Case:
    """One case of a clause."""

    clause: str
    name: str
    given: tuple[Any, ...]
    when: Any
    then: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.clause} {self.name}"


class Rules:
    """The cases of a folder and the steps they name; `kind` is the root that steps and questions mean when they name none."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.kind = kind
        self.steps: dict[str, Any] = _read(folder / "steps.yaml")
        self.texts: dict[str, str] = {}
        self.cases: list[Case] = []
        for path in sorted(folder.glob("[0-9]*.yaml")):
            document = _read(path)
            clause = str(document["clause"])
            self.texts[clause] = document["text"]
            self.cases += [
                Case(clause, case["name"], tuple(case.get("given", ())), case["when"], case["then"])
                for case in document["cases"]
            ]

    def clauses(self) -> set[str]:
        """Return the clauses that have cases."""
        return {case.clause for case in self.cases}

    def played(self) -> set[tuple[str, str]]:
        """Return (kind, act) of every act that some case performs, or tries to."""
        steps = [step for case in self.cases for step in (*case.given, case.when)]
        return {
            (str(step.get("kind", self.kind)), str(step["act"]))
            for written in steps
            for step in self._written(written)
            if "act" in step
        }

    def received(self) -> set[str]:
        """Return the types of the events that arrive in some case."""
        steps = [step for case in self.cases for step in (*case.given, case.when)]
        return {str(step["event"]) for written in steps for step in self._written(written) if "event" in step}

    def _written(self, step: Any) -> list[dict[str, Any]]:
        """Return a step as one or several written out; dates are left out."""
        if isinstance(step, (date, datetime)) or (isinstance(step, str) and DAY.fullmatch(step)):
            return []
        if isinstance(step, str):
            named = self.steps[step]
            return [one for each in (named if isinstance(named, list) else [named]) for one in self._written(each)]
        if "like" not in step:
            return [step]
        (like,) = self._written(step["like"])
        rest = {key: value for key, value in step.items() if key != "like"}
        return [{**like, **rest, "data": {**like.get("data", {}), **rest.get("data", {})}}]

    def play(self, stage: Stage, case: Case) -> None:
        """Play a case and check all that it asks for; the chain of the root must verify afterwards."""
        for step in case.given:
            self.take(stage, step)
        then = dict(case.then)
        expected = {key: then.pop(key) for key in ("refused", "guard", "field") if key in then}
        receipt = then.pop("receipt", "taken")
        refused = None
        try:
            self.take(stage, case.when, receipt)
        except Refusal as refusal:
            refused = refusal
        if expected:
            assert refused is not None, "it was done"
            answer = {
                "refused": refused.code,
                "guard": refused.facts.get("guard"),
                "field": next(iter(refused.errors), None),
            }
            assert {key: answer[key] for key in expected} == expected, str(refused)
        elif refused:
            raise refused
        if then:
            kind = then.pop("kind", self.kind)
            holds(stage, stage.last[kind], then)
        for root in stage.last.values():
            assert stage.office.verify(root) == []

    def take(self, stage: Stage, step: Any, receipt: str = "taken") -> None:
        """Take one step, or the several that a name stands for."""
        day = (
            DAY.fullmatch(step.isoformat() if isinstance(step, date) else step) if not isinstance(step, dict) else None
        )
        if day:
            stage.on(day[1], *([day[2]] if day[2] else []))
            return
        if isinstance(step, str) and isinstance(self.steps[step], list):
            for each in self.steps[step]:
                self.take(stage, each)
            return
        for written in self._written(step):
            self._do(stage, written, receipt)

    def _do(self, stage: Stage, step: Mapping[str, Any], receipt: str) -> None:
        kind = step.get("kind", self.kind)
        data = {key: self._meant(stage, value) for key, value in step.get("data", {}).items() if value != "left out"}
        if "event" in step:
            subject = self._meant(stage, step.get("subject"))
            outcome = stage.event(step["event"], data, subject=subject)
            assert outcome == receipt, f"{step['event']}: {stage.receipt}"
        else:
            stage.act(step["who"], kind, step["act"], data, part=step.get("part"), sign=step.get("sign", True))

    def _meant(self, stage: Stage, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._meant(stage, item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._meant(stage, item) for item in value]
        if value == "today":
            return stage.day
        if isinstance(value, date):
            return value.isoformat()
        place = PLACE.fullmatch(value) if isinstance(value, str) else None
        return self._value_at(stage, place[1]) if place else value

    def _value_at(self, stage: Stage, place: str) -> Any:
        if place.startswith("body."):
            return at(stage.system(stage.last[self.kind]).root.body, place.removeprefix("body."))
        kind, _, part = place.partition(".")
        if not part:
            return stage.last[kind]
        return [other for other in stage.system(stage.last[kind]).parts if other.kind == part][-1].id


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def at(body: Any, path: str) -> Any:
    """Return the value at a dotted path of a JSON value; None where there is none."""
    for key in path.split("."):
        if isinstance(body, list):
            body = body[int(key)] if -len(body) <= int(key) < len(body) else None
        else:
            body = body.get(key) if isinstance(body, dict) else None
    return body


def holds(stage: Stage, root: str, then: Mapping[str, Any]) -> None:
    """Assert what a case says of a root."""
    loaded = stage.system(root)
    for question, expected in then.items():
        assert question in ASKED, f"a case cannot ask for {question!r}"
        answer = ASKED[question](stage, loaded, expected)
        assert answer == _plain(expected), f"{question}: {answer!r}"


def _plain(value: Any) -> Any:
    """Return a value of YAML as JSON has it: dates as text."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _last_entry(stage: Stage, loaded: Loaded) -> dict[str, Any]:
    return stage.entries(loaded.root.id)[-1]


def _run(loaded: Loaded, name: str) -> Any:
    """Return the last run of a clock that was not replaced."""
    return next((run for run in reversed(loaded.clocks) if run.name == name and run.state != "replaced"), None)


def _due(loaded: Loaded, name: str) -> str | None:
    run = _run(loaded, name)
    return run.due_on if run and run.state == "running" else None


def _states(loaded: Loaded, kind: str) -> list[str]:
    return [part.state for part in loaded.parts if part.kind == kind]


def _fact(stage: Stage, name: str, expected: Any) -> Any:
    facts = stage.facts(name)
    return {key: facts[-1].get(key) for key in expected or {}} or None if facts else "not facts"


ASKED: dict[str, Any] = {
    "state": lambda _, loaded, __: loaded.root.state,
    "number": lambda _, loaded, __: loaded.root.number,
    "parts": lambda _, loaded, expected: {kind: _states(loaded, kind) for kind in expected},
    "body": lambda _, loaded, expected: {path: at(loaded.root.body, path) for path in expected},
    "due": lambda _, loaded, expected: {name: _due(loaded, name) for name in expected},
    "clock": lambda _, loaded, expected: {
        name: run.state if (run := _run(loaded, name)) else None for name in expected
    },
    "parties": lambda _, loaded, expected: {n: [p.who for p in loaded.parties if p.name == n] for n in expected},
    "clause": lambda stage, loaded, _: _last_entry(stage, loaded)["clause"],
    "late": lambda stage, loaded, _: any(clock.get("late") for clock in _last_entry(stage, loaded).get("clocks", ())),
    "noted": lambda stage, loaded, expected: {n: _last_entry(stage, loaded).get("noted", {}).get(n) for n in expected},
    "documents": lambda stage, _, expected: [fact["kind"] for fact in stage.facts("document-issued")][-len(expected) :],
    "facts": lambda stage, _, expected: {name: _fact(stage, name, values) for name, values in expected.items()},
    "holds": lambda stage, _, expected: {kind: stage.system(stage.last[kind]).root.state for kind in expected},
}
