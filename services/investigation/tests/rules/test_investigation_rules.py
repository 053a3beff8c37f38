"""The rule cases, a file a clause, run on the service; and the rulebook's rows, each checked from every state and for every actor."""

import csv
from importlib.resources import files
from pathlib import Path

import pytest

from chassis.testing import Case, Rules, Stage, rows_of
from investigation.app import application

RULES = Rules(Path(__file__).parent, kind="case")
BOOK = application.rulebook

test_every_act_is_allowed_as_its_row_says = rows_of(application)


@pytest.mark.parametrize("case", RULES.cases, ids=str)
def test_a_case_of_the_rule(stage: Stage, case: Case) -> None:
    RULES.play(stage, case)


def test_every_clause_of_this_service_has_cases_in_the_words_of_the_law():
    with (files("investigation") / "rulebook" / "clauses.csv").open(encoding="utf-8", newline="") as rows:
        assert {row["clause"]: row["zh"] for row in csv.DictReader(rows)} == RULES.texts


def test_every_act_of_a_person_occurs_in_some_case():
    assert {("case", act.name) for act in BOOK.kinds["case"].acts.values() if act.by} == RULES.played()


def test_every_event_that_moves_a_case_arrives_in_some_case():
    assert set(BOOK.triggers) == RULES.received()
