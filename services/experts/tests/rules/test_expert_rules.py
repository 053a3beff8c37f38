"""Every case of the rules, one test each: given, when, then."""

from collections import Counter
from pathlib import Path

import pytest
import yaml
from experts_stage import refusal

from chassis.testing import rows_of
from experts.app import application

FILES = sorted(path for path in Path(__file__).parent.glob("*.yaml") if path.name != "stages.yaml")
BOOKS = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES]
CASES = [pytest.param(case, id=f"{book['clause']} {case['case']}") for book in BOOKS for case in book["cases"]]


def test_every_clause_of_this_service_has_cases():
    assert {book["clause"] for book in BOOKS} == set(application.rulebook.clauses)


@pytest.mark.parametrize("case", CASES)
def test_case(case, stage):
    for step in case.get("given", []):
        stage.go(step)
    when, then = case["when"], case["then"]
    kind = when.get("kind", when.get("stage") if when.get("stage") == "procedure" else "panel")
    refused = refusal(stage, when)
    if "refused" in then:
        assert refused is not None, "it was done"
        assert refused.code == then["refused"]["code"]
        facts = {**refused.facts, "field": next(iter(refused.errors), None)}
        assert {key: facts.get(key) for key in then["refused"] if key != "code"} == {
            key: value for key, value in then["refused"].items() if key != "code"
        }
    else:
        assert refused is None, f"refused: {refused}"
        holds(stage, kind, then)
    assert stage.office.verify(stage.last[kind]) == [] if kind in stage.last else True


def holds(stage, kind, then):
    """Whether the root and its last journal entry are what a case says."""
    root = stage.root(kind)
    journal = stage.office.journal({"token": stage.token(stage.who("lead_bureau")), "id": root["id"]})["items"]
    entry = journal[-1]
    assert root["state"] == then["state"]
    if "seats" in then:
        assert Counter(seat["state"] for seat in stage.seats()) == then["seats"]
    if "clause" in then:
        assert entry["clause"] == then["clause"]
    for clock, due in then.get("clock", {}).items():
        assert {run["due_on"] for run in root["clocks"] if run["clock"] == clock and run["state"] == "running"} == {due}
    for event in ("met", "stopped"):
        if event in then:
            assert (then[event], event) in [(run["clock"], run["event"]) for run in entry["clocks"]]
    if "document" in then:
        assert [document["kind"] for document in entry["documents"]] == [then["document"]]
    if "fact" in then:
        assert then["fact"] in [name for name, _ in stage.facts()]


test_every_act_is_allowed_as_its_row_says = rows_of(application)
