"""Duties are rows that every act keeps: they say what a recomputation would say, and a page costs the same however much waits."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from boxes import acts, facts, finders, guards
from boxes.people import PEOPLE, SETTINGS
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from chassis.core import Application, Refusal
from chassis.core.acts import duties as rows
from chassis.core.acts.approval import waits_for
from chassis.core.acts.availability import may_now
from chassis.core.acts.moment import moment_of
from chassis.core.dates.times import iso
from chassis.core.rulebook import reader
from chassis.core.storage import roots, tables
from chassis.core.trust.access import reads
from chassis.core.trust.tokens import Actor, issue
from chassis.testing import Cluster, Stage
from chassis.testing.stage import KEY

HOME = Path(str(files("boxes"))) / "rulebook"
DAYS = ["2026-07-06", "2026-07-15", "2026-07-20", "2026-07-21", "2026-08-20", "2026-12-01"]


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """The boxes under rules by which much waits: acts that are awaited, on parts too, before and after periods, with conditions."""
    book = reader.yaml.load((HOME / "boxes.yaml").read_text(encoding="utf-8"), reader._Loader)
    folder = tmp_path_factory.mktemp("books")
    (folder / "clauses.csv").write_bytes((HOME / "clauses.csv").read_bytes())
    for act in ("publish", "protest", "tear", "empty", "ask"):
        book["box"]["acts"][act]["awaits"] = True
    book["box"]["acts"]["empty"]["needs"] = ["not_heavy", "not_by_the_second"]
    book["box"]["clocks"]["term"]["ahead"] = 30
    book["box"]["acts"]["drop"]["meets"] = ["term"]
    book |= {"rulebook": "boxes-that-wait", "in_force": "2026-02-01"}
    path = folder / "boxes.yaml"
    path.write_text(yaml.safe_dump(book, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return Application(
        name="boxes", package="boxes", acts=[acts], guards=[guards], events=facts, tasks=[acts], finders=[finders],
        rulebooks=[folder],
    )  # fmt: skip


@pytest.fixture
def stage(waiting: Application, tmp_path: Path) -> Iterator[Stage]:
    """Those boxes on SQLite."""
    boxes = Stage(waiting, tmp_path, PEOPLE, settings=SETTINGS)
    yield boxes
    boxes.close()


@pytest.fixture
def on_postgresql(waiting: Application, postgresql: Cluster, tmp_path: Path) -> Iterator[Stage]:
    """The same on PostgreSQL."""
    with postgresql.lent(waiting) as url:
        boxes = Stage(waiting, tmp_path, PEOPLE, url=url, settings=SETTINGS)
        yield boxes
        boxes.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Stage:
    """Each of the two in turn."""
    stage: Stage = request.getfixturevalue("stage" if request.param == "sqlite" else "on_postgresql")
    return stage


def keep(stage: Stage, who: str = "keeper", **data: Any) -> str:
    return str(stage.act(who, "box", "keep", {"label": "甲", **data})["root"])


def page(stage: Stage, who: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = stage.office.duties({"token": stage.token(who), **more})
    return answer


def all_duties(stage: Stage, who: str, **more: Any) -> list[dict[str, Any]]:
    """Every page of somebody's duties."""
    items: list[dict[str, Any]] = []
    after = None
    while True:
        answer = page(stage, who, after=after, **more)
        items += answer["items"]
        after = answer["next"]
        if after is None:
            return items


# what a recomputation says, root by root, for one person: the acts that meet a running period, those that are awaited, drafts


def recomputed(stage: Stage, who: str) -> set[tuple[str, str, str]]:
    actor, office = stage.people[who], stage.office
    now = office.clock.now()
    with office.database.reading() as connection:
        ids = list(connection.execute(select(tables.roots.c.id)).scalars())
        drafts = [dict(row) for row in connection.execute(select(tables.drafts)).mappings()]
    waits = set()
    for root_id in ids:
        loaded = stage.system(root_id)
        book = office.application.registry.of(loaded.root.regime)
        kind = book.kinds[loaded.root.kind]
        if reads(book, kind, actor, loaded.parties, loaded.root.state, office.settings) is None:
            continue
        drafted = {draft["act"] for draft in drafts if draft["root_id"] == root_id and draft["state"] == "open"}
        for act in kind.acts.values():
            if act.new or act.name in drafted:
                continue
            parts: list[Any] = [part for part in loaded.parts if part.kind == act.on] if act.on else [None]
            for part in parts:
                if not may_now(book, act, loaded, part, actor, now, office.clocks, office.settings):
                    continue
                for run in loaded.clocks:
                    ahead = kind.clocks[run.name].ahead
                    near = ahead is None or (run.due_at <= iso(now.replace(microsecond=0) + _days(ahead)))
                    mine = run.part_id in ("", part.id if part else "")
                    if run.state == "running" and run.name in act.meets and near and mine:
                        waits.add((root_id, act.name, "clock"))
                awaited = loaded.root.state not in kind.final and act.awaits & {loaded.root.state, "any"}
                moment = moment_of(loaded, part, actor, now, office.settings)
                if awaited and all(_holds(office, guard, moment) for guard in act.needs):
                    waits.add((root_id, act.name, "awaits"))
        waits |= {
            (root_id, draft["id"], "draft")
            for draft in drafts
            if draft["root_id"] == root_id and waits_for(actor, draft)
        }
    return waits


def _days(number: int) -> Any:
    from datetime import timedelta

    return timedelta(days=number)


def _holds(office: Any, guard: str, moment: Any) -> bool:
    try:
        return bool(office.application.definitions.guards[guard](moment))
    except (KeyError, TypeError):
        return True


def shown(stage: Stage, who: str) -> set[tuple[str, str, str]]:
    """What the pages say, in the same words. An act that is awaited beside a running period stands with that period."""
    waits = set()
    for duty in all_duties(stage, who, size=3):
        if duty["why"] == "draft":
            waits.add((duty["root"], duty["draft"]["id"], "draft"))
        elif duty["why"] in ("clock", "awaits"):
            waits |= {(duty["root"], act, duty["why"]) for act in duty["acts"]}
    return waits


PEOPLE_WHO_LOOK = ["keeper", "second", "head", "lawyer", "chief", "deputy", "owner", "holder", "auditor", "elsewhere"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["keeper", "second", "owner", "holder", "head", "lawyer", "chief", "deputy"]),
        st.sampled_from(
            ["keep", "seal", "reseal", "protest", "publish", "ask", "lengthen", "answer", "drop", "lend", "empty", "load",
             "pin", "tear", "note", "approve-draft", "return-draft", "withdraw-draft", "day", "lapse"]
        ),
        st.integers(0, 5),
    ),
    min_size=4,
    max_size=22,
)  # fmt: skip


def take(stage: Stage, boxes: list[str], who: str, act: str, number: int) -> None:
    """Take one step of a history on some box; what the rules refuse is no step."""
    today = stage.day
    data: dict[str, dict[str, Any]] = {
        "keep": {"label": "甲"},
        "seal": {"sealed_on": today},
        "reseal": {"sealed_on": today},
        "ask": {"days": number + 1},
        "lengthen": {"days": number + 1},
        "lend": {"ends_on": "2026-12-31"},
        "empty": {"words": "空"},
        "load": {"count": number * 40},
        "pin": {"holder": "org_holder"},
        "note": {"words": "x"},
        "return-draft": {"reasons": "再改"},
    }
    if act == "day":
        stage.on(max(DAYS[number], today))
    elif act == "lapse":
        stage.office.lapse()
    elif act == "keep":
        boxes.append(str(stage.act("keeper", "box", "keep", data["keep"])["root"]))
    else:
        box = boxes[number % len(boxes)]
        asked = data.get(act, {})
        if act.endswith("-draft"):
            drafts = [draft for draft in stage.get("keeper", box)["drafts"] if draft["state"] in ("open", "returned")]
            if not drafts:
                return
            asked = {"draft": drafts[-1]["id"], **asked}
        stage.act(who, "box", act, asked, root=box, part="slip" if act == "tear" else None, sign=False)


@pytest.mark.parametrize("base", ["stage", "on_postgresql"])
def test_the_rows_say_what_a_recomputation_says_after_any_history(base: str, request: pytest.FixtureRequest) -> None:
    stage: Stage = request.getfixturevalue(base)

    @settings(max_examples=25 if base == "stage" else 8)
    @given(STEPS)
    def check(steps: list[tuple[str, str, int]]) -> None:
        stage.on(DAYS[0])
        with stage.office.database.writing() as connection:
            for table in reversed(tables.metadata.sorted_tables):
                connection.execute(table.delete())
        boxes = [keep(stage)]
        for who, act, number in steps:
            try:
                take(stage, boxes, who, act, number)
            except Refusal:
                continue
        for who in PEOPLE_WHO_LOOK:
            expected = recomputed(stage, who)
            clocked = {(root, act) for root, act, why in expected if why == "clock"}
            timed = {root for root, _ in clocked}
            expected = {  # awaited acts stand with the root's running period, where the person has one there
                (root, act, "clock" if why == "awaits" and root in timed else why) for root, act, why in expected
            }
            assert shown(stage, who) == expected, who
        assert stored(stage) == computed_again(stage)

    check()


def stored(stage: Stage) -> dict[tuple[str, str], Any]:
    """The rows as they stand in the table."""
    with stage.office.database.reading() as connection:
        rows_now = connection.execute(select(tables.duties)).mappings().all()
    return {
        (row["root_id"], row["holder"]): (row["due_at"], row["from_at"], json.loads(row["items"])) for row in rows_now
    }


def computed_again(stage: Stage) -> dict[tuple[str, str], Any]:
    """The rows as they ought to be."""
    again = {}
    office = stage.office
    with office.database.reading() as connection:
        for root_id in connection.execute(select(tables.roots.c.id)).scalars().all():
            loaded = roots.load(connection, root_id, lock=False)
            query = select(tables.drafts).where(tables.drafts.c.root_id == root_id).order_by(tables.drafts.c.id)
            drafts = [dict(row) for row in connection.execute(query).mappings()]
            for row in rows.rows_of(office.application.definitions, office.settings, loaded, drafts):
                items = json.loads(row["items"])
                again[(root_id, row["holder"])] = (row["due_at"], row["from_at"], items)
    return again


# what a page must not depend on


def test_what_waits_for_others_hides_nothing_of_mine(stage: Stage) -> None:
    mine = keep(stage)
    for _ in range(120):
        keep(stage, who="elsewhere", area="220100")
    assert {duty["root"] for duty in page(stage, "keeper")["items"]} == {mine}


@pytest.fixture
def statements(either: Stage) -> Iterator[list[str]]:
    """Every statement that the stage's database is given."""
    taken: list[str] = []

    def note(_: Any, __: Any, statement: str, *rest: Any) -> None:
        taken.append(statement)

    event.listen(either.office.database.engine, "before_cursor_execute", note)
    yield taken
    event.remove(either.office.database.engine, "before_cursor_execute", note)


def test_a_page_takes_as_many_statements_for_few_duties_as_for_many(either: Stage, statements: list[str]) -> None:
    counts = []
    for number in (10, 60):
        for _ in range(number):
            box = keep(either)
            either.act("keeper", "box", "ask", {"days": 3}, root=box)
            either.act("keeper", "box", "empty", {"words": "空"}, root=box, sign=False)
        statements.clear()
        assert len(page(either, "head", size=200)["items"]) >= number
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 10


def test_pages_follow_each_other_without_gap_or_repeat(either: Stage) -> None:
    boxes = [keep(either) for _ in range(7)]
    first = page(either, "keeper", size=3)
    assert (len(first["items"]), first["total"], first["more"]) == (3, 7, False)
    assert [duty["root"] for duty in all_duties(either, "keeper", size=3)] == boxes
    with pytest.raises(Refusal, match="invalid"):
        page(either, "keeper", after="elsewhere")
    with pytest.raises(Refusal, match="invalid"):
        page(either, "keeper", queue="everything")


def test_a_count_is_exact_up_to_a_bound_and_says_that_there_is_more(
    either: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.core.reads.duties.COUNT_MOST", 4)
    for _ in range(4):
        keep(either)
    assert (page(either, "keeper")["total"], page(either, "keeper")["more"]) == (4, False)
    keep(either)
    assert (page(either, "keeper")["total"], page(either, "keeper")["more"]) == (4, True)


# the queues


def test_the_drafts_that_wait_for_a_post_are_asked_for_alone(either: Stage) -> None:
    for _ in range(3):
        keep(either)
        either.act("keeper", "box", "empty", {"words": "空"}, sign=False)
    keep(either)
    drafts = all_duties(either, "head", why="draft", size=2)
    assert ([duty["why"] for duty in drafts], page(either, "head", why="draft")["total"]) == (["draft"] * 3, 3)
    assert len(all_duties(either, "head")) > 3
    assert (
        page(either, "keeper", why="draft")["items"] == [] == page(either, "head", queue="unit", why="draft")["items"]
    )
    with pytest.raises(Refusal, match="invalid"):
        page(either, "head", why="clock")


def test_a_draft_is_under_way_for_its_drafter_and_comes_back_with_reasons(either: Stage) -> None:
    box = keep(either)
    either.act("keeper", "box", "empty", {"words": "空"}, sign=False)
    (mine,) = page(either, "keeper", queue="drafts")["items"]
    assert (mine["why"], mine["draft"]["step"], mine["acts"]) == ("under_way", 0, ["withdraw-draft"])
    assert "draft" not in {duty["why"] for duty in page(either, "keeper")["items"]}
    either.act("head", "box", "return-draft", {"draft": mine["draft"]["id"], "reasons": "再改"})
    (back,) = [duty for duty in page(either, "keeper")["items"] if duty["why"] == "returned"]
    assert (back["acts"], back["draft"]["steps"][-1]["reasons"]) == (["empty", "withdraw-draft"], "再改")
    either.act("keeper", "box", "empty", {"words": "再空"}, sign=False)
    assert [duty["why"] for duty in page(either, "keeper", queue="drafts")["items"]] == ["under_way"]
    assert either.system(box).root.state == "kept"


def test_a_draft_that_was_sent_back_can_be_put_away(either: Stage) -> None:
    keep(either)
    draft = either.act("keeper", "box", "empty", {"words": "空"}, sign=False)["draft"]["id"]
    either.act("head", "box", "return-draft", {"draft": draft, "reasons": "不必"})
    with pytest.raises(Refusal, match="forbidden"):
        either.act("head", "box", "withdraw-draft", {"draft": draft})
    either.act("keeper", "box", "withdraw-draft", {"draft": draft})
    assert page(either, "keeper", queue="drafts")["items"] == []
    with pytest.raises(Refusal, match="wrong-state"):
        either.act("keeper", "box", "withdraw-draft", {"draft": draft})


def test_the_unit_s_queue_has_what_waits_for_the_unit_and_no_post_s_drafts(either: Stage) -> None:
    box = keep(either)
    either.act("keeper", "box", "empty", {"words": "空"}, sign=False)
    other = keep(either)
    assert {duty["root"] for duty in page(either, "head", queue="unit")["items"]} == {box, other}
    assert {duty["why"] for duty in page(either, "head", queue="unit")["items"]} == {"awaits"}
    assert "draft" in {duty["why"] for duty in page(either, "head")["items"]}


def test_what_is_late_is_counted_by_unit_for_the_bureau_and_those_above_it(either: Stage) -> None:
    for who, area in (("keeper", "210100"), ("keeper", "210100"), ("elsewhere", "220100")):
        keep(either, who=who, area=area)
        either.act(who, "box", "ask", {"days": 3})
        either.act(who, "box", "lend", {"ends_on": "2026-07-10"})
    assert either.office.late({"token": either.token("keeper")}) == []
    either.on("2026-07-20")
    own = either.office.late({"token": either.token("keeper")})
    assert [(row["unit"], row["count"]) for row in own] == [("org_store", 2)]
    above = either.office.late({"token": either.token("province")})
    assert [(row["unit"], row["count"]) for row in above] == [("org_store", 2)]
    assert either.office.late({}) == []
    somewhere = issue(Actor("p_x", "org_x", ("org_x",), "330000", ("store",)), KEY)
    assert either.office.late({"token": somewhere}) == []


def test_a_root_that_waits_under_several_holders_of_one_reader_is_on_some_page(either: Stage) -> None:
    boxes = []
    for _ in range(12):
        boxes.append(keep(either))
        either.act("keeper", "box", "pin", {"holder": "org_holder"})
    both = Actor("p_both", "org_store", ("org_store", "org_holder"), "210100", ("store",), ("handler",))
    either.people["both"] = both
    for size in (1, 2, 3, 5, 7, 11, 12, 200):
        assert {duty["root"] for duty in all_duties(either, "both", size=size)} == set(boxes)


@pytest.mark.parametrize(
    "key", [["x" * 300, "a", "b"], [1, "a", "b"], ["\x00", "a", "b"], ["a", "b"], {"a": 1}, [[], [], []]]
)
def test_a_cursor_of_something_else_is_refused(either: Stage, key: Any) -> None:
    keep(either)
    with pytest.raises(Refusal, match="invalid"):
        page(either, "keeper", after=base64.urlsafe_b64encode(json.dumps(key).encode()).decode())
