"""Every case of the rules, one test each: given, when, then."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from notify_stage import Stage, issued

from chassis.core import Refusal
from chassis.testing import rows_of
from notify.app import application

Step = dict[str, Any]
HERE = Path(__file__).parent
BOOK = yaml.safe_load((HERE / "stages.yaml").read_text("utf-8"))
FILES = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(HERE.glob("*.yaml")) if path.name != "stages.yaml"]
CASES = [pytest.param(case, id=f"{book['clause']} {case['case']}") for book in FILES for case in book["cases"]]


def test_every_clause_that_an_act_carries_has_cases() -> None:
    assert {book["clause"] for book in FILES} == application.rulebook.carried()


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any], stage: Stage, without_printing: None) -> None:
    for step in case.get("given", []):
        assert take(stage, step) is None, f"given {step}"
    refused = take(stage, case["when"])
    then = case["then"]
    if "refused" in then:
        assert refused is not None, "it was done"
        answer = {"code": refused.code, **refused.facts, "field": next(iter(refused.errors), None)}
        assert {key: answer.get(key) for key in then["refused"]} == then["refused"]
    else:
        assert refused is None, f"refused: {refused} {getattr(refused, 'errors', '')}"
        holds(stage, then)


def take(stage: Stage, step: str | Step) -> Refusal | None:
    """Take one step and run the worker; the refusal, if it was refused."""
    written: Step = BOOK["stages"][step] if isinstance(step, str) else step
    if "today" in written:
        stage.today(written["today"])
        return None
    try:
        if "event" in written:
            _send(stage, written)
        else:
            kind = written.get("kind", "document")
            new = application.rulebook.kinds[kind].acts[written["act"]].new
            who = None if written["by"] == "public" else written["by"]
            stage.act(written["act"], who, written.get("data", {}), None if new else last(stage, kind), kind=kind)
    except Refusal as refusal:
        return refusal
    if not written.get("idle"):
        stage.work()
    return None


def _send(stage: Stage, step: Step) -> None:
    data = BOOK["events"][step["event"]] | step.get("data", {})
    if step["event"].endswith("document-issued.v1"):
        data = issued(**data)
    receipt = stage.send(step["event"], data, subject=data.get("recall"))
    assert receipt.outcome == "taken", receipt


def last(stage: Stage, kind: str) -> str:
    """The id of the last root of a kind."""
    with stage.office.database.reading() as connection:
        rows = connection.exec_driver_sql(
            f"select id from roots where kind = '{kind}' order by opened_at, id"
        ).scalars()
        return str(list(rows)[-1])


def holds(stage: Stage, then: dict[str, Any]) -> None:
    """Whether the root, its clocks, its last entry and the last fact are what a case says."""
    identifier = last(stage, then.get("kind", "document"))
    shown = stage.office.get({"token": stage.token("handler"), "id": identifier})
    entry = stage.office.journal({"token": stage.token("handler"), "id": identifier})["items"][-1]
    assert shown["state"] == then["state"]
    assert shown["number"] == then.get("number", shown["number"])
    assert entry["clause"] == then.get("clause", entry["clause"])
    body = stage.look(identifier)["body"]
    assert {key: body.get(key) for key in then.get("body", {})} == then.get("body", {})
    clocks = {clock["clock"]: clock for clock in shown["clocks"]}
    assert {name: clocks[name]["due_on"] for name in then.get("clock", {})} == then.get("clock", {})
    if "met" in then:
        assert clocks[then["met"]]["state"] == "met"
    if "fact" in then:
        name = then["fact"]["name"]
        expected = {key: value for key, value in then["fact"].items() if key != "name"}
        fact = stage.facts(name)[-1]
        assert {key: fact[key] for key in expected} == expected, json.dumps(fact, ensure_ascii=False)
    assert stage.office.verify(identifier) == []


test_every_act_is_allowed_as_its_row_says = rows_of(application)
