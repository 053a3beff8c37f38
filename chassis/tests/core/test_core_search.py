"""A page of a list costs the same however many roots there are; pages follow each other; counts are bounded; filters narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from search_case import keep, listed, search
from sqlalchemy import event, insert, text

from chassis.core import Refusal
from chassis.core.ids import new_id
from chassis.core.reads.paging import cursor_of
from chassis.core.storage import tables
from chassis.core.trust.tokens import Actor
from chassis.testing import Stage


def test_pages_follow_each_other_without_gap_or_repeat_the_last_changed_first(
    either: Stage, kept: Callable[..., str]
) -> None:
    boxes = []
    for number in range(11):
        either.on("2026-07-06", at=f"10:{number // 3:02}:00")  # three and three at one moment
        boxes.append(kept(label=f"红箱 {number}"))
    for size in (1, 2, 3, 4, 200):
        pages = listed(either, "keeper", kind="box", size=size)
        assert pages == boxes[::-1]
        assert listed(either, "keeper", kind="box", text="红箱", size=size) == boxes[::-1]
    either.on("2026-07-07")
    either.act("keeper", "box", "load", {"count": 1}, root=boxes[4])
    assert listed(either, "keeper", kind="box", size=3)[0] == boxes[4]
    first = search(either, "keeper", kind="box", size=4)
    either.act("keeper", "box", "load", {"count": 2}, root=boxes[0])
    second = search(either, "keeper", kind="box", size=4, after=first["next"])
    assert not {item["id"] for item in first["items"]} & {item["id"] for item in second["items"]}
    assert (first["total"], first["more"], second["total"]) == (11, False, 11)


def test_filters_narrow_a_list_alone_and_together(either: Stage, kept: Callable[..., str]) -> None:
    red, green, blue = (kept(label=label) for label in ("红箱", "绿箱", "蓝箱"))
    either.act("keeper", "box", "seal", {"sealed_on": "2026-07-06"}, root=red)
    either.act("keeper", "box", "empty", {"words": "空"}, root=blue)
    dossier = either.system(green).root.dossier
    assert listed(either, "keeper", kind="box", state="sealed") == [red]
    assert listed(either, "keeper", kind="box", state="sealed", open=True) == [red]
    assert set(listed(either, "keeper", open=True)) == {red, green}
    assert listed(either, "keeper", state="emptied", open=True) == []
    assert listed(either, "keeper", dossier=dossier) == [green]
    assert listed(either, "keeper", dossier=dossier, state="sealed") == []
    assert listed(either, "keeper", text="箱", open=True) == listed(either, "keeper", kind="shelf", text="绿箱") == []
    assert set(listed(either, "keeper", text="绿箱", dossier=dossier)) == {green}
    assert listed(either, "keeper", text="红箱", dossier=dossier) == []
    assert listed(either, "keeper", text="蓝箱", open=True) == []
    assert listed(either, "keeper", text="蓝箱", state="emptied") == [blue]
    assert listed(either, "elsewhere", kind="box") == listed(either, None, kind="box") == []
    with pytest.raises(Refusal, match="not-found"):
        search(either, "keeper", kind="crate")


def test_what_is_no_cursor_of_the_list_or_no_search_is_refused(either: Stage, kept: Callable[..., str]) -> None:
    kept()
    for request in (
        {"after": "elsewhere"}, {"after": cursor_of(1)}, {"after": cursor_of("a", "\x00")}, {"after": cursor_of("a", 1)},
        {"text": "甲", "after": cursor_of("a")}, {"text": "甲", "after": cursor_of(2**80)}, {"text": "甲" * 101}, {"size": "x"},
    ):  # fmt: skip
        with pytest.raises(Refusal, match="invalid"):
            search(either, "keeper", kind="box", **request)
    assert search(either, "keeper", text="——") == {"items": [], "next": None, "total": 0, "more": False}


def test_a_count_is_exact_up_to_a_bound_and_says_that_there_is_more(
    either: Stage, kept: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.core.reads.lists.COUNT_MOST", 4)
    for _ in range(4):
        kept()
    requests: list[dict[str, Any]] = [
        {"kind": "box"},
        {"state": "kept"},
        {"text": "甲"},
        {"text": "甲", "state": "kept"},
    ]
    assert [(a["total"], a["more"]) for a in (search(either, "keeper", **r) for r in requests)] == [(4, False)] * 4
    kept()
    assert [(a["total"], a["more"]) for a in (search(either, "keeper", **r) for r in requests)] == [(4, True)] * 4


@pytest.mark.parametrize("window", [0, 3, 2000])
def test_words_in_a_state_are_found_whether_few_roots_are_in_it_or_many(
    either: Stage, kept: Callable[..., str], monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    boxes = [kept(label="红箱" if number % 3 else "绿箱") for number in range(12)]
    for box in boxes[::2]:
        either.act("keeper", "box", "seal", {"sealed_on": "2026-07-06"}, root=box)
    red = [box for number, box in enumerate(boxes) if number % 3 and not number % 2][::-1]
    green = [box for number, box in enumerate(boxes) if not number % 6][::-1]
    monkeypatch.setattr("chassis.core.storage.texts.WINDOW", window)
    for most in (1000, 5, 3):  # few are in the state; few have the words; both are many
        monkeypatch.setattr("chassis.core.reads.lists.COUNT_MOST", most)
        assert listed(either, "keeper", text="红箱", state="sealed", size=2) == red
        assert listed(either, "keeper", text="绿箱", state="sealed", size=1) == green
        assert listed(either, "keeper", text="红箱", size=2) == [b for n, b in enumerate(boxes) if n % 3][::-1]
        assert search(either, "keeper", text="绿箱", state="sealed")["total"] == 2


@pytest.fixture
def statements(either: Stage) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that the stage's database is given, with its parameters."""
    taken: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *rest: Any) -> None:
        taken.append((statement, parameters))

    event.listen(either.office.database.engine, "before_cursor_execute", note)
    yield taken
    event.remove(either.office.database.engine, "before_cursor_execute", note)


REQUESTS: list[dict[str, Any]] = [
    {"kind": "box"}, {"open": True}, {"state": "kept"}, {"number": "A-1"}, {"text": "红箱"}, {"text": "红箱", "state": "kept"},
    {"text": "nowhere"},
]  # fmt: skip


def test_a_page_takes_as_many_statements_for_few_roots_as_for_many(
    either: Stage, kept: Callable[..., str], statements: list[tuple[str, Any]]
) -> None:
    counts = []
    for number in (10, 190):
        for _ in range(number):
            kept(label="红箱")
        each = []
        for request in REQUESTS:
            statements.clear()
            search(either, "keeper", **request)
            each.append(len(statements))
        counts.append(each)
    assert counts[0] == counts[1] and max(counts[0]) <= 7


def test_a_number_is_looked_up_by_its_index(either: Stage, statements: list[tuple[str, Any]]) -> None:
    row = {"kind": "box", "state": "kept", "version": 1, "title": "甲", "regime": "boxes", "body": {}, "facts": 0,
           "opened_at": "2026-07-06", "updated_at": "2026-07-06", "head_seq": 1, "head_hash": "0" * 64}  # fmt: skip
    many = [{**row, "id": new_id("box"), "number": f"A-{n}", "dossier": new_id("dossier")} for n in range(5000)]
    readers = [{"root_id": one["id"], "key": "org_store/law+lead+store", "kind": "box", "state": "kept", "open": True,
                "updated_at": one["updated_at"]} for one in many]  # fmt: skip
    with either.office.database.writing() as connection:
        connection.execute(insert(tables.roots), many)
        connection.execute(insert(tables.readers), readers)
        connection.execute(text("ANALYZE"))
    request = {"number": "A-77", "kind": "box", "state": "kept", "open": True}
    statements.clear()
    assert [item["number"] for item in search(either, "keeper", **request)["items"]] == ["A-77"]
    looked = [(statement, values) for statement, values in statements if statement.startswith("SELECT")]
    plans = [plan for statement, values in looked for plan in _plan(either, statement, values)]
    assert len(looked) == 3 and any("ix_roots_number" in plan for plan in plans)
    assert not [plan for plan in plans if "Seq Scan on" in plan or plan.startswith(("SCAN roots", "SCAN readers"))]


def _plan(stage: Stage, statement: str, values: Any) -> list[str]:
    explain = "EXPLAIN QUERY PLAN " if stage.office.database.sqlite else "EXPLAIN "
    with stage.office.database.reading() as connection:
        return [str(row[-1]) for row in connection.exec_driver_sql(explain + statement, values)]


def test_an_act_writes_the_rows_that_it_changed_and_no_others(
    either: Stage, kept: Callable[..., str], statements: list[tuple[str, Any]]
) -> None:
    kept(label="红箱", secret="x")
    statements.clear()
    either.act("keeper", "box", "load", {"count": 3})
    written = [s.split()[:3] for s, _ in statements if s.startswith(("INSERT", "UPDATE", "DELETE"))]
    names = {name for words in written for name in words}
    assert {"readers", "roots"} <= names and not {"texts", "duties"} & names
    statements.clear()
    either.act("keeper", "box", "pin", {"holder": "org_holder"})
    assert {"readers", "texts"} <= {name for s, _ in statements for name in s.replace("(", " ").split()[:4]}


def test_whoever_acts_for_many_organisations_searches_too(stage: Stage) -> None:
    box = keep(stage)
    many = Actor("p_x", "org_store", ("org_store", *(f"org_{number}" for number in range(300))), None, ("store",))
    assert listed(stage, many, kind="box") == listed(stage, many, text="甲") == [box]
