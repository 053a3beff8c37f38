"""The rule cases (given / when / then, a file a clause), run on the service."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from recall_stage import CASE, NOTIFIED, STEPS, Stage

from chassis.core import Refusal
from chassis.core.storage.roots import Loaded
from chassis.testing import rows_of
from recall.app import application

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("[0-9]*.yaml"))
CASES = [
    (file["clause"], case)
    for file in (yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES)
    for case in file["cases"]
]


class CaseRun:
    """The run of one rule case: its stage, the root it is about, the last outcome."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.root: str | None = None
        self.outcome: dict[str, Any] = {}
        self.event_outcome: str | None = None

    def play(self, step: Any) -> None:
        """A date moves the day; a name is a step of steps.yaml; else a step written out, or `like:` a named one."""
        if isinstance(step, dict):
            like = STEPS[step["like"]] if "like" in step else {}
            self._do({**like, **step, "data": {**like.get("data", {}), **step.get("data", {})}})
        elif str(step)[:2] == "20":
            self.stage.on(str(step))
        else:
            self._do(STEPS[step])

    def _do(self, step: dict[str, Any]) -> None:
        data = {name: self.stage.today if value == "today" else value for name, value in step.get("data", {}).items()}
        data = {name: value for name, value in data.items() if value != "left out"}
        if "event" in step:
            self._receive(step["event"], data)
            return
        root = None if step.get("new") else self.root
        part = self.stage.parts_of(self.root, step["part"])[-1]["id"] if "part" in step else None
        self.outcome = self.stage.act(step["who"], step.get("kind", "recall"), step["act"], root, data, part)
        self.root = self.outcome["root"]

    def _receive(self, event: str, data: dict[str, Any]) -> None:
        about = {"case": CASE, "recall": self.root, "root": self.root, "document": "document_example"}
        sent = (NOTIFIED if event.endswith(("recall-notified.v1", "declared.v1")) else {}) | about | data
        subject = CASE if event.startswith("investigation.") else sent.get("publication", sent["document"])
        self.event_outcome = self.stage.event(event, sent, subject=subject)
        assert self.event_outcome == "taken", f"{event}: {self.event_outcome} {self.stage.reason}"
        if self.root is None:
            (self.root,) = self.stage.roots("recall")


def _at(body: Any, path: str) -> Any:
    for key in path.split("."):
        body = body[int(key)] if key.lstrip("-").isdigit() else body[key]
    return body


def _holds(run: CaseRun, then: dict[str, Any]) -> None:
    """Check what the case says of the root; a refused opening leaves no root."""
    if not then:
        return
    loaded = run.stage.system(run.root)
    for what, expected in then.items():
        if what == "state":
            assert loaded.root.state == expected
        elif what == "parts":
            for kind, states in expected.items():
                assert [part.state for part in loaded.parts if part.kind == kind] == states
        elif what == "body":
            assert {path: _at(loaded.root.body, path) for path in expected} == expected
        elif what == "due":
            assert {name: _due(loaded, name) for name in expected} == {
                name: day and str(day) for name, day in expected.items()
            }
        elif what == "clock":
            assert {
                name: [clock.state for clock in loaded.clocks if clock.name == name][-1] for name in expected
            } == expected
        elif what == "documents":
            assert [fact["kind"] for fact in run.stage.facts("document-issued")][-len(expected) :] == expected
        elif what == "facts":
            for name, values in expected.items():
                fact = run.stage.facts(name)[-1]
                assert {key: fact[key] for key in values} == {
                    key: value if not hasattr(value, "isoformat") else str(value) for key, value in values.items()
                }
        elif what == "parties":
            assert {name: [p.who for p in loaded.parties if p.name == name] for name in expected} == expected
        else:
            raise AssertionError(f"a case cannot ask for {what!r}")


def _due(loaded: Loaded, name: str) -> str | None:
    return next((run.due_on for run in reversed(loaded.clocks) if run.name == name and run.state == "running"), None)


@pytest.mark.parametrize(("clause", "case"), CASES, ids=[f"{clause} {case['name']}" for clause, case in CASES])
def test_a_case_of_the_rule(stage, clause, case):
    run = CaseRun(stage)
    for step in case.get("given", []):
        run.play(step)
    then = dict(case["then"])
    refused = {key: then.pop(key) for key in ("refused", "guard", "field") if key in then}
    if refused:
        with pytest.raises(Refusal) as refusal:
            run.play(case["when"])
        assert refusal.value.code == refused["refused"]
        assert refusal.value.facts.get("guard") == refused.get("guard")
        if "field" in refused:
            assert set(refusal.value.errors) == {refused["field"]}
    else:
        run.play(case["when"])
    _holds(run, then)


def test_every_clause_of_the_service_has_a_case():
    assert set(application.rulebook.clauses) == {str(clause) for clause, _ in CASES}


def test_every_act_of_a_person_occurs_in_some_case():
    steps = [step for _, case in CASES for step in [*case.get("given", []), case["when"]]]
    named = [STEPS[s] if not isinstance(s, dict) and s in STEPS else s for s in steps]
    played = {
        (s.get("kind", "recall"), s["act"])
        for s in named + [STEPS.get(s.get("like"), {}) for s in steps if isinstance(s, dict)]
        if isinstance(s, dict) and "act" in s
    }
    acts = {
        (kind.name, act.name) for kind in application.rulebook.kinds.values() for act in kind.acts.values() if act.by
    }
    assert acts - played == set()


test_every_act_is_allowed_as_its_row_says = rows_of(application)
