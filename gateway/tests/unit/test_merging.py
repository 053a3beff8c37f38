"""One page out of several services: in order, without gap or repeat, whatever changes meanwhile, at a bounded cost."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.client import Away
from chassis.core.errors import Refusal
from chassis.core.reads.paging import cursor_of, read_cursor
from gateway.composition import DUTIES, NEWEST, ROOTS
from gateway.merging import COUNT_MOST, MOST, ROUNDS, Question, page
from gateway.services import Services

NAMES = ("a", "b", "c")
Row = dict[str, Any]


class Sorted:
    """Services that page their rows by keyset, as the chassis does. `calls` counts what each was asked."""

    def __init__(
        self, rows: dict[str, list[Row]], key: Callable[[Row], tuple[Any, ...]], descending: bool = False
    ) -> None:
        self.rows = rows
        self.key = key
        self.descending = descending
        self.away: set[str] = set()
        self.refusing: set[str] = set()
        self.calls: list[str] = []
        self.counted = True

    def up(self) -> bool:
        return True

    def call(self, service: str, method: str, request: Row, timeout: float) -> Any:
        self.calls.append(service)
        if service in self.away:
            raise Away(service)
        if service in self.refusing:
            raise Refusal("internal")
        rows = sorted(self.rows[service], key=self.key, reverse=self.descending)
        begin = read_cursor(request.get("after"), *map(type, self.key(rows[0]) if rows else ("",)))
        if begin is not None:
            here = tuple(begin)
            rows = [row for row in rows if (self.key(row) < here if self.descending else self.key(row) > here)]
        size = request["size"]
        answer = {"items": rows[:size], "next": cursor_of(*self.key(rows[size - 1])) if len(rows) > size else None}
        total = len(self.rows[service])
        counts = {"total": min(total, COUNT_MOST), "more": total > COUNT_MOST}
        return {**answer, **counts} if self.counted else answer


def duty(root: str, due: str | None, since: str = "2026-01-01") -> Row:
    return {"root": root, "due_at": due, "since": since}


def duty_key(row: Row) -> tuple[Any, ...]:
    return (row["due_at"] or "9999", row["since"], row["root"])


def services_of(client: Sorted) -> Services:
    return Services(client, names=NAMES)


def pages(client: Sorted, question: Question, size: int, meanwhile: Callable[[], None] = lambda: None) -> list[Row]:
    """Every page, one after the other."""
    after, items, services = None, list[Row](), services_of(client)
    for _ in range(1000):
        answer = page(services, question, None, after, size)
        items += answer["items"]
        after = answer["next"]
        if after is None:
            return items
        meanwhile()
    raise AssertionError("the pages do not end")


QUESTION = Question("duties", {}, DUTIES)
ROWS = st.dictionaries(
    st.sampled_from(NAMES),
    st.lists(st.tuples(st.none() | st.integers(1, 28), st.integers(1, 9)), max_size=40),
)


def made(rows: dict[str, list[tuple[int | None, int]]]) -> dict[str, list[Row]]:
    return {
        name: [
            duty(f"{name}{place:03}", f"2026-07-{day:02}" if day else None, f"2026-01-0{since}")
            for place, (day, since) in enumerate(rows.get(name, []))
        ]
        for name in NAMES
    }


@settings(max_examples=60, deadline=None)
@given(ROWS, st.integers(1, 60))
def test_the_pages_have_everything_once_and_in_order(rows: dict[str, list[tuple[int | None, int]]], size: int) -> None:
    client = Sorted(made(rows), duty_key)
    items = pages(client, QUESTION, size)
    expected = sorted((row for rows in client.rows.values() for row in rows), key=duty_key)
    assert [item["root"] for item in items] == [row["root"] for row in expected]


@settings(max_examples=60, deadline=None)
@given(ROWS, st.integers(2, 20), st.randoms(use_true_random=False))
def test_what_is_done_or_added_meanwhile_makes_no_gap_and_no_repeat(
    rows: dict[str, list[tuple[int | None, int]]], size: int, chance: random.Random
) -> None:
    client = Sorted(made(rows), duty_key)
    stay = {row["root"] for rows in client.rows.values() for row in rows}
    numbers = iter(range(10_000))

    def meanwhile() -> None:
        name = chance.choice(NAMES)
        mine = client.rows[name]
        if mine and chance.random() < 0.5:
            stay.discard(mine.pop(chance.randrange(len(mine)))["root"])
        elif next(numbers) < 40:
            mine.append(duty(f"{name}new{next(numbers)}", chance.choice(["2026-07-01", "2026-07-20", None])))

    given_roots = [item["root"] for item in pages(client, QUESTION, size, meanwhile)]
    assert len(given_roots) == len(set(given_roots)), "a repeat"
    assert stay <= set(given_roots), "a gap"


def test_a_page_costs_a_bounded_number_of_calls_and_its_cursor_fits_an_address() -> None:
    client = Sorted({name: [duty(f"{name}{n:04}", f"2026-{n:04}") for n in range(400)] for name in NAMES}, duty_key)
    services, after = services_of(client), None
    for _ in range(12):
        client.calls.clear()
        answer = page(services, QUESTION, None, after, MOST)
        assert len(answer["items"]) == MOST
        assert max(client.calls.count(name) for name in NAMES) <= ROUNDS
        after = answer["next"]
        assert after is not None and len(after) < 3500


def test_the_count_asks_each_service_once() -> None:
    client = Sorted({name: [duty(f"{name}{n}", "2026-07-01") for n in range(9)] for name in NAMES}, duty_key)
    answer = page(services_of(client), QUESTION, None, None, 1)
    assert (len(answer["items"]), answer["total"], answer["more"]) == (1, 27, False)
    assert sorted(client.calls) == list(NAMES)


def test_a_total_is_exact_up_to_a_bound_on_every_page() -> None:
    client = Sorted({"a": [duty(f"a{n}", "2026-07-01") for n in range(5)], "b": [], "c": [duty("c", None)]}, duty_key)
    services = services_of(client)
    first = page(services, QUESTION, None, None, 5)
    assert (first["total"], first["more"]) == (6, False)
    last = page(services, QUESTION, None, first["next"], 5)
    assert (last["total"], last["next"]) == (6, None), "what a service had that has no more stays in the cursor"
    client.rows["a"] = [duty(f"a{n:04}", "2026-07-01") for n in range(COUNT_MOST)]
    answer = page(services, QUESTION, None, None, 5)
    assert (answer["total"], answer["more"]) == (COUNT_MOST, True)


def test_who_does_not_answer_is_named_and_keeps_its_place() -> None:
    client = Sorted({name: [duty(f"{name}{n}", f"2026-07-0{n}") for n in range(1, 5)] for name in NAMES}, duty_key)
    services = services_of(client)
    first = page(services, QUESTION, None, None, 6)
    client.away, client.refusing = {"a"}, {"b"}
    second = page(services, QUESTION, None, first["next"], 1)
    assert second["away"] == ["a", "b"] and [item["service"] for item in second["items"]] == ["c"]
    client.away, client.refusing = set(), set()
    third = page(services, QUESTION, None, second["next"], 20)
    roots = [item["root"] for answer in (first, second, third) for item in answer["items"]]
    assert sorted(roots) == sorted(row["root"] for rows in client.rows.values() for row in rows)
    assert third["away"] == [] and third["next"] is None


def test_a_smaller_page_than_before_repeats_nothing() -> None:
    client = Sorted({name: [duty(f"{name}{n:03}", f"2026-{n:03}") for n in range(60)] for name in NAMES}, duty_key)
    services = services_of(client)
    answer = page(services, QUESTION, None, None, 50)
    roots = [item["root"] for item in answer["items"]]
    while answer["next"]:
        answer = page(services, QUESTION, None, answer["next"], 3)
        roots += [item["root"] for item in answer["items"]]
    assert len(roots) == len(set(roots)) == 180


def test_the_duties_of_a_root_stay_together() -> None:
    rows = {
        "a": [duty("a1", "2026-07-01"), duty("a1", None), duty("a2", "2026-07-09")],
        "b": [duty("b1", "2026-07-05")],
        "c": [],
    }

    class Grouped(Sorted):
        def call(self, service: str, method: str, request: Row, timeout: float) -> Any:
            return {"items": self.rows[service], "next": None, "total": 2, "more": False}

    items = pages(Grouped(rows, duty_key), QUESTION, 1)
    assert [(item["root"], item["due_at"]) for item in items] == [
        ("a1", "2026-07-01"), ("a1", None), ("b1", "2026-07-05"), ("a2", "2026-07-09"),
    ]  # fmt: skip


def test_a_service_whose_pages_are_empty_for_this_reader_is_asked_a_bounded_number_of_times() -> None:
    class Filtered(Sorted):
        def call(self, service: str, method: str, request: Row, timeout: float) -> Any:
            answer = super().call(service, method, request, timeout)
            return {**answer, "items": [row for row in answer["items"] if row["root"].endswith("9")]}

    client = Filtered({"a": [duty(f"a{n:02}", f"2026-{n:02}") for n in range(30)], "b": [], "c": []}, duty_key)
    items = pages(client, QUESTION, 2)
    assert [item["root"] for item in items] == ["a09", "a19", "a29"]
    client.calls.clear()
    page(services_of(client), QUESTION, None, None, 2)
    assert client.calls.count("a") == ROUNDS


@pytest.mark.parametrize("size", [1, 7, 50])
def test_lists_that_begin_with_the_newest_are_merged_too(size: int) -> None:
    rows = {name: [{"id": f"{name}{n}", "updated_at": f"2026-{(n * 7) % 23:02}"} for n in range(20)] for name in NAMES}
    client = Sorted(rows, lambda row: (row["updated_at"], row["id"]), descending=True)
    items = pages(client, Question("search", {}, ROOTS), size)
    assert sorted(item["id"] for item in items) == sorted(row["id"] for own in rows.values() for row in own)
    moments = [item["updated_at"] for item in items]
    assert moments == sorted(moments, reverse=True)


def test_a_journal_is_not_counted() -> None:
    rows = {name: [{"root": name, "seq": n, "at": f"2026-{n:02}"} for n in range(20)] for name in NAMES}
    client = Sorted(rows, lambda row: (row["at"], row["root"], row["seq"]), descending=True)
    client.counted = False
    items = pages(client, Question("journal", {"newest": True}, NEWEST), 7)
    assert [(item["at"], item["root"]) for item in items] == [
        (f"2026-{n:02}", name) for n in range(19, -1, -1) for name in reversed(NAMES)
    ]
