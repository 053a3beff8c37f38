"""The series of document numbers: without a gap and without a repeat, however many sign at once, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from notify_desk import CONFIRMATION, PRODUCER, Desk, issued
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError

from chassis.core.storage.series import next_number
from notify.storage import queries
from notify.storage.tables import numbers

ISSUER, CODE, YEAR = "org_210000", "辽市监消召", 2026
SERIES = f"{ISSUER}/{CODE}/{YEAR}"


class Spilt(Exception):
    """The transaction that took a number failed after all."""


def take(desk: Desk, attempt: int) -> int | None:
    """Take a number; every third attempt rolls back after taking it."""
    try:
        with desk.office.database.writing() as connection:
            value = next_number(connection, SERIES)
            if attempt % 3 == 0:
                raise Spilt
            return value
    except Spilt:
        return None


def test_forty_at_once_with_rollbacks_leave_no_gap_and_no_repeat(desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = [value for value in pool.map(lambda attempt: take(desk, attempt), range(40)) if value is not None]
    assert sorted(found) == list(range(1, len(found) + 1))
    assert len(found) == 26


def test_a_second_series_counts_by_itself(desk: Desk) -> None:
    with desk.office.database.writing() as connection:
        assert [next_number(connection, SERIES) for _ in range(3)] == [1, 2, 3]
        assert next_number(connection, "org_210100/沈市监消召/2026") == 1
        assert next_number(connection, "org_210000/辽市监消召/2027") == 1


def test_a_number_is_kept_once(desk: Desk) -> None:
    row = {"issuer": ISSUER, "code": CODE, "year": YEAR, "value": 1, "kind": "召回通知书"}
    with desk.office.database.writing() as connection:
        queries.keep_number(connection, **row, document="document_1")
    with pytest.raises(IntegrityError), desk.office.database.writing() as connection:
        queries.keep_number(connection, **row, document="document_2")


def test_a_failed_act_gives_its_number_back(desk: Desk) -> None:
    assert desk.look(desk.issue())["number"] == "辽市监消召〔2026〕1号"
    broken = issued(signed_on="2026-07-06", fields={"defect": float("nan")})
    assert desk.send("investigation.document-issued.v1", broken).outcome == "failed"
    assert desk.look(desk.issue())["number"] == "辽市监消召〔2026〕2号"


def test_a_void_number_is_kept_with_its_reasons_and_never_given_again(desk: Desk, quick_press: None) -> None:
    first = desk.issue()
    desk.act("void-document", "registry", {"reasons": "文书有误"}, first)
    assert desk.look(desk.issue())["number"] == "辽市监消召〔2026〕2号"
    with desk.office.database.reading() as connection:
        rows = connection.execute(select(numbers.c.value, numbers.c.void_reasons).order_by(numbers.c.value)).all()
    assert rows == [(1, "文书有误"), (2, None)]


def test_events_of_many_documents_in_one_batch_are_numbered_in_their_order(desk: Desk) -> None:
    given = [desk.look(desk.issue())["number"] for _ in range(5)]
    assert given == [f"辽市监消召〔2026〕{value}号" for value in range(1, 6)]


def test_the_migration_makes_exactly_the_declared_tables(desk: Desk) -> None:
    from notify.storage.tables import metadata

    found = inspect(desk.office.database.engine)
    for table in metadata.tables.values():
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}


def test_one_confirmed_address_is_left_of_ten_at_once(desk: Desk) -> None:
    def confirm(attempt: int) -> bool:
        with desk.office.database.writing() as connection:
            return queries.put_address(connection, PRODUCER, f"address_{attempt}", "2026-07-01")

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(confirm, range(10))) == 1


def test_a_document_goes_all_the_way_on_either_database(desk: Desk, quick_press: None) -> None:
    desk.act("confirm-service-address", "producer", CONFIRMATION, kind="address")
    document = desk.issue()
    assert desk.work() == 3
    assert desk.look(document)["state"] == "served"
    assert [fact["document"] for fact in desk.facts("document-served")] == [document]
    assert desk.office.search({"token": desk.token("producer"), "kind": "document"})["total"] == 1
    assert desk.office.verify(document) == []
