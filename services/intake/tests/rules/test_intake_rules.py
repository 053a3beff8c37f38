"""Every case of the rules, one test each: given, when, then."""

from pathlib import Path

import pytest
import yaml
from intake_stage import refusal

from chassis.testing import rows_of
from intake.app import application

FILES = sorted(path for path in Path(__file__).parent.glob("*.yaml") if path.name != "stages.yaml")
BOOKS = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES]
CASES = [pytest.param(case, id=f"{book['clause']} {case['case']}") for book in BOOKS for case in book["cases"]]


def test_every_clause_of_this_service_has_cases():
    assert {book["clause"] for book in BOOKS} == set(application.rulebook.clauses)


def test_every_clause_of_this_service_has_an_act():
    assert application.rulebook.carried() == set(application.rulebook.clauses)


@pytest.mark.parametrize("case", CASES)
def test_case(case, stage):
    for step in case.get("given", []):
        stage.go(step)
    then = case["then"]
    refused = refusal(stage, case["when"])
    if "refused" in then:
        assert refused is not None, "it was done"
        answer = {"code": refused.code, "guard": refused.facts.get("guard"), "field": next(iter(refused.errors), None)}
        assert {key: answer[key] for key in then["refused"]} == then["refused"]
        return
    assert refused is None, f"refused: {refused}"
    holds(stage, then)


def holds(stage, then):
    """Whether the root and its last journal entry are what a case says, and the chain is whole."""
    kind = then.get("kind", "lead")
    root = stage.root(stage.last[kind])
    entry = stage.office.journal({"token": stage.token("recall"), "id": root["id"]})["items"][-1]
    clocks = [(clock["event"], clock["clock"], clock["due_on"]) for clock in entry["clocks"]]
    assert root["state"] == then["state"]
    for kind_of_part, state in then.get("part", {}).items():
        assert [part["state"] for part in root["parts"] if part["kind"] == kind_of_part][-1] == state
    for field, value in {**then.get("body", {})}.items():
        assert root["body"][field] == value
    for event, word in (("started", "started"), ("met", "met")):
        for clock, day in then.get(event, {}).items():
            assert (word, clock, day) in clocks
    if "late" in then:
        assert any(clock.get("late") for clock in entry["clocks"]) == then["late"]
    for count, state in then.get("leads", {}).items():
        assert stage.root(stage.leads[count - 1])["state"] == state
    if "same_dossier" in then:
        with_it = [n for n, lead in enumerate(stage.leads, 1) if stage.root(lead)["dossier"] == root["dossier"]]
        assert with_it == then["same_dossier"]
    if "leads_in_all" in then:
        assert len(stage.leads) == then["leads_in_all"]
    holds_in_entry(stage, root, entry, then)
    assert stage.office.verify(root["id"]) == []


def holds_in_entry(stage, root, entry, then):
    """Whether clause, number, documents, facts and findings are what a case says."""
    if "clause" in then:
        assert entry["clause"] == then["clause"]
    if "number" in then:
        assert root["number"] == then["number"]
    if "document" in then:
        assert [document["kind"] for document in entry["documents"]] == [then["document"]]
    if "fact" in then:
        assert stage.facts()[-1][0] == then["fact"]
    if "facts" in then:
        assert [name for name, _ in stage.facts()] == then["facts"]
    for name, value in then.get("noted", {}).items():
        assert stage.outcome["noted"][name] == value


test_every_act_is_allowed_as_its_row_says = rows_of(application)
