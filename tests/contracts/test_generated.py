"""What is generated is what the sources say now: contracts/, docs/compliance.md and docs/states/."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.generate import compliance, contracts, rulebooks
from ops.layout import GATEWAY, SERVICES

HINT = "generated files are out of date: run `make contracts compliance` and commit what they write"
CLAUSES = 79


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contracts as services and gateway write them now."""
    folder = tmp_path_factory.mktemp("contracts")
    contracts.generate(folder)
    return folder


def test_released_contracts_are_what_services_and_gateway_promise_now(
    generated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert contracts.release(generated, contracts.CONTRACTS, check=True) == 0, f"{HINT}\n{capsys.readouterr().out}"


def test_what_is_out_of_date_is_reported_by_name_and_nothing_is_written(
    generated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "left-over.json").write_text("{}")
    assert contracts.release(generated, tmp_path, check=True) == 1
    output = capsys.readouterr().out
    assert "investigation.asyncapi.yaml" in output
    assert "left-over.json" in output
    assert [path.name for path in tmp_path.iterdir()] == ["left-over.json"]


def test_compliance_table_and_state_diagrams_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert compliance.write(check=True) == 0, f"{HINT}\n{capsys.readouterr().out}"


def test_every_clause_of_the_regulation_is_answered_for_by_one_service() -> None:
    books = [rulebooks.read(service) for service in SERVICES]
    rows = rulebooks.clauses(books)
    assert len(rows) == len({row["clause"] for row in rows}) == CLAUSES
    assert {row["service"] for row in rows} == {*SERVICES, GATEWAY}
    for book in books:
        for clause, row in book.rules.clauses.items():
            assert next(other for other in rows if other["clause"] == clause)["service"] == row["service"]


def test_every_clause_that_an_act_carries_has_a_rule_case() -> None:
    """A file a clause, that a jurist can read: given, when, then."""
    books = [rulebooks.read(service) for service in SERVICES]
    cases = {clause for book in books for clause in book.cases}
    carried = {clause for book in books for clause in book.rules.carried()}
    assert sorted(carried - cases) == []


def test_every_rule_case_is_about_a_clause_of_its_service() -> None:
    for book in (rulebooks.read(service) for service in SERVICES):
        assert set(book.cases) <= set(book.rules.clauses), book.service
