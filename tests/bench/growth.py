"""What the views cost as the world grows: duties, a unit's queue, a page, lists, searches, offers at 10^3, 10^4 and 10^5 leads.

Each view is asked for as a person does, on intake with its own rulebook; printed are the median, the statements and the
bytes of an answer, and the ratio of the last world to the first. Leads are opened by their act, many in a transaction.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from chassis.core import Office
from chassis.core.acts.command import Command
from chassis.core.dates.times import SHANGHAI, FixedClock
from chassis.core.trust.tokens import PUBLIC, Actor, issue
from chassis.testing import opened, private_postgresql
from chassis.testing.stage import KEY
from intake.app import application

Json = dict[str, Any]
SIZES = (1_000, 10_000, 100_000)
CALLS = 40
A_TRANSACTION = 250
CITY_LEADS = 40
"""What waits for the city is the same in every world."""

PROVINCE = ("org_210000-recall", "org_210000")
HANDLER = Actor("p_handler", PROVINCE[0], PROVINCE, "210000", ("recall",), ("handler",))
CITY = Actor("p_city", "org_210100", ("org_210100",), "210100", ("recall", "complaints", "enforcement"), ("handler",))
ANALYST = Actor("p_analyst", "org_institute", ("org_institute",), None, ("institution",), ("handler",))
PRODUCTS = ("学习桌", "充电宝", "电热毯", "儿童座椅", "折叠床", "电饭煲", "滑板车", "婴儿床")
HAZARDS = ("气味刺鼻", "起火", "漏电", "夹伤手指", "断裂", "边缘锋利")


def measure(folder: Path, scale: float, database: str = "both") -> None:
    """Measure on SQLite, then on a private PostgreSQL, or on one `database` of the two; `scale` makes the worlds smaller."""
    sizes = [max(100, round(size * scale)) for size in SIZES]
    if database in ("both", "sqlite"):
        (folder / "sqlite").mkdir()
        _measure("SQLite", opened(application, folder / "sqlite"), sizes)
    if database in ("both", "postgresql"):
        (folder / "postgresql").mkdir()
        with private_postgresql() as cluster, cluster.lent(application) as url:
            _measure("PostgreSQL", opened(application, folder / "postgresql", url), sizes)


def _measure(name: str, office: Office, sizes: list[int]) -> None:
    """Grow one world through the sizes, asking every view at each."""
    office.clock = FixedClock(datetime(2026, 7, 6, 10, tzinfo=SHANGHAI))
    rows: dict[str, list[tuple[float, int, int]]] = {}
    opened_leads = 0
    for number in range(CITY_LEADS):
        _perform(office, [_city_lead(number)])
    for size in sizes:
        started = time.perf_counter()
        while opened_leads < size:
            count = min(A_TRANSACTION, size - opened_leads)
            _perform(office, [_report(number) for number in range(opened_leads, opened_leads + count)])
            opened_leads += count
        if not office.database.sqlite:
            with office.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
        print(f"{name}: {size} leads ({time.perf_counter() - started:.0f} s to open them)", flush=True)
        for view, ask in _views(office, size):
            rows.setdefault(view, []).append(_cost(office, ask))
    office.close()
    _print(name, sizes, rows)


def _perform(office: Office, commands: list[Command]) -> None:
    with office.database.writing() as connection:
        for command in commands:
            office.performer.perform(connection, command, office.clock.now())


def _report(number: int) -> Command:
    """A consumer's report; one in a thousand names a rare brand."""
    brand = "罕见牌" if number % 1000 == 7 else f"示例{number % 61}"
    data = {
        "product": PRODUCTS[number % len(PRODUCTS)],
        "brand": brand,
        "model": f"XZ-{number % 997}",
        "hazard": HAZARDS[number % len(HAZARDS)],
        "severity": "none",
    }
    return Command(f"public:report-{number:08d}", "lead", "report", PUBLIC, data)


def _city_lead(number: int) -> Command:
    """A lead that a city's complaints desk noted and has yet to hand over."""
    data = {
        "source": "complaint_12315",
        "product": "电热毯",
        "brand": "示例市",
        "hazard": "起火",
        "severity": "none",
        "discovered_on": "2026-07-03",
    }
    return Command(f"p_city:noted-{number:08d}", "lead", "note-lead", CITY, data)


def _views(office: Office, size: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the name of each view and a function that asks for it."""

    def asked(actor: Actor, **more: Any) -> Json:
        return {"token": issue(actor, KEY), **more}

    newest = office.search(asked(HANDLER, kind="lead", size=1))["items"][0]
    handler, city = asked(HANDLER), asked(CITY)
    second = office.search({**handler, "kind": "lead", "size": 20})["next"]
    yield "my duties (a city, the same 40)", lambda: office.duties({**city, "size": 50})
    yield "my duties (the province, all)", lambda: office.duties({**handler, "size": 50})
    yield "a unit's queue", lambda: office.duties({**handler, "queue": "unit", "size": 50})
    yield "the number beside the menu", lambda: office.duties({**handler, "size": 1})
    yield "a lead's page", lambda: office.get({**handler, "id": newest["id"]})
    yield "what I may do with it", lambda: office.acts({**handler, "id": newest["id"]})
    yield "its journal", lambda: office.journal({**handler, "id": newest["id"]})
    yield "list, newest", lambda: office.search({**handler, "kind": "lead", "size": 20})
    yield "list, next page", lambda: office.search({**handler, "kind": "lead", "size": 20, "after": second})
    yield "list, one state", lambda: office.search({**handler, "kind": "lead", "state": "noted", "size": 20})
    yield "list, open ones", lambda: office.search({**handler, "kind": "lead", "open": True, "size": 20})
    yield "list, a city's own", lambda: office.search({**city, "kind": "lead", "size": 20})
    yield "by number", lambda: office.search({**handler, "number": newest["number"]})
    yield "by a rare word", lambda: office.search({**handler, "text": "罕见牌", "size": 20})
    yield "by a common word", lambda: office.search({**handler, "text": "充电", "size": 20})
    yield "by two words", lambda: office.search({**handler, "text": "充电宝 XZ-500", "size": 20})
    yield "a city by a common word", lambda: office.search({**city, "text": "电热毯", "size": 20})


def _cost(office: Office, ask: Callable[[], Any]) -> tuple[float, int, int]:
    """Return the median milliseconds of a view, its statements, and the bytes of its answer."""
    with _counted(office) as statements:
        answer = ask()
    size = len(json.dumps(answer, ensure_ascii=False).encode())
    taken = []
    for _ in range(CALLS):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), len(statements), size


@contextmanager
def _counted(office: Office) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_: Any, __: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(office.database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(office.database.engine, "before_cursor_execute", note)


def _print(name: str, sizes: list[int], rows: dict[str, list[tuple[float, int, int]]]) -> None:
    """Print a line a view: p50 in milliseconds, statements and bytes in each world, and the ratio of the last p50 to the first."""
    print(f"\n{name:34}" + "".join(f"{f'{size} leads':>26}" for size in sizes) + f"{'last/first':>12}")
    for view, costs in rows.items():
        cells = "".join(f"{p50:9.2f} ms {count:3} st {size:6} B" for p50, count, size in costs)
        print(f"{view:34}{cells}{costs[-1][0] / costs[0][0]:12.2f}", flush=True)
