"""The series of document numbers: without a gap and without a repeat, however many sign at once, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from notify_stage import CONFIRMATION, PRODUCER, Stage, issued
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError

from chassis.core.storage.series import next_number
from notify.storage import queries
from notify.storage.tables import numbers

ISSUER, CODE, YEAR = "org_210000", "辽市监消召", 2026
SERIES = f"{ISSUER}/{CODE}/{YEAR}"


class Failed(Exception):
    """The transaction that took a number failed after all."""


def take(stage: Stage, attempt: int) -> int | None:
    """Take a number; every third attempt rolls back after taking it."""
    try:
        with stage.office.database.writing() as connection:
            value = next_number(connection, SERIES)
            if attempt % 3 == 0:
                raise Failed
            return value
    except Failed:
        return None


def test_forty_at_once_with_rollbacks_leave_no_gap_and_no_repeat(stage: Stage) -> None:
    with ThreadPoolExecutor(8) as pool:
        values = [value for value in pool.map(lambda attempt: take(stage, attempt), range(40)) if value is not None]
    assert sorted(values) == list(range(1, len(values) + 1))
    assert len(values) == 26


def test_a_second_series_counts_by_itself(stage: Stage) -> None:
    with stage.office.database.writing() as connection:
        assert [next_number(connection, SERIES) for _ in range(3)] == [1, 2, 3]
        assert next_number(connection, "org_210100/沈市监消召/2026") == 1
        assert next_number(connection, "org_210000/辽市监消召/2027") == 1


def test_a_number_is_kept_once(stage: Stage) -> None:
    row = {"issuer": ISSUER, "code": CODE, "year": YEAR, "value": 1, "kind": "召回通知书"}
    with stage.office.database.writing() as connection:
        queries.keep_number(connection, **row, document="document_1")
    with pytest.raises(IntegrityError), stage.office.database.writing() as connection:
        queries.keep_number(connection, **row, document="document_2")


def test_a_failed_act_gives_its_number_back(stage: Stage) -> None:
    assert stage.look(stage.issue())["number"] == "辽市监消召〔2026〕1号"
    broken = issued(signed_on="2026-07-06", fields={"defect": float("nan")})
    assert stage.send("investigation.document-issued.v1", broken).outcome == "failed"
    assert stage.look(stage.issue())["number"] == "辽市监消召〔2026〕2号"


def test_a_void_number_is_kept_with_its_reasons_and_never_given_again(stage: Stage, without_printing: None) -> None:
    first = stage.issue()
    stage.act("void-document", "registry", {"reasons": "文书有误"}, first)
    assert stage.look(stage.issue())["number"] == "辽市监消召〔2026〕2号"
    with stage.office.database.reading() as connection:
        rows = connection.execute(select(numbers.c.value, numbers.c.void_reasons).order_by(numbers.c.value)).all()
    assert rows == [(1, "文书有误"), (2, None)]


def test_events_of_many_documents_in_one_batch_are_numbered_in_their_order(stage: Stage) -> None:
    given = [stage.look(stage.issue())["number"] for _ in range(5)]
    assert given == [f"辽市监消召〔2026〕{value}号" for value in range(1, 6)]


def test_the_migration_makes_exactly_the_declared_tables(stage: Stage) -> None:
    from notify.storage.tables import metadata

    database = inspect(stage.office.database.engine)
    for table in metadata.tables.values():
        columns = {column["name"]: column["nullable"] for column in database.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}


def test_one_confirmed_address_is_left_of_ten_at_once(stage: Stage) -> None:
    def confirm(attempt: int) -> bool:
        with stage.office.database.writing() as connection:
            return queries.put_address(connection, PRODUCER, f"address_{attempt}", "2026-07-01")

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(confirm, range(10))) == 1


def test_a_document_goes_all_the_way_on_either_database(stage: Stage, without_printing: None) -> None:
    stage.act("confirm-service-address", "producer", CONFIRMATION, kind="address")
    document = stage.issue()
    assert stage.work() == 3
    assert stage.look(document)["state"] == "served"
    assert [fact["document"] for fact in stage.facts("document-served")] == [document]
    assert stage.office.search({"token": stage.token("producer"), "kind": "document"})["total"] == 1
    assert stage.office.verify(document) == []
