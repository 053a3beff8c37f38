"""Rulebooks side by side, and a new edition that takes over the roots of the one before while acts go on."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from boxes import acts, facts, finders, guards
from boxes.people import PEOPLE, SETTINGS
from sqlalchemy import delete, select, update

from chassis.core import Application, Office, Refusal
from chassis.core.errors import ConfigurationFault
from chassis.core.rulebook import reader
from chassis.core.storage import tables
from chassis.core.triggers.edition import EditionChange, unknown
from chassis.testing import Cluster, Stage

HOME = Path(str(files("boxes"))) / "rulebook"
BOOK = reader.yaml.load((HOME / "boxes.yaml").read_text(encoding="utf-8"), reader._Loader)
SECOND = "boxes-2"
FROM = "2026-08-01"


def second_edition() -> dict[str, Any]:
    """The boxes' rules with `sealed` renamed, a part state renamed, two clocks renamed or dropped, and a longer period."""
    text = yaml.safe_dump(BOOK, allow_unicode=True, sort_keys=False)
    book: dict[str, Any] = yaml.safe_load(text.replace("sealed]", "locked]").replace("sealed,", "locked,"))
    book = _renamed(book, {"sealed": "locked"})
    box = book["box"]
    box["states"]["locked"] = {"zh": "已锁", "en": "locked"}
    box["parts"]["slip"]["states"]["off"] = {"zh": "已取下", "en": "taken off"}
    del box["parts"]["slip"]["states"]["torn"]
    for act in ("tear", "hear-of-slip"):
        box["acts"][act]["to"] = "off"
    box["clocks"]["objection"] = {**box["clocks"].pop("protest"), "zh": "异议期限", "length": "15 working days"}
    box["acts"]["seal"]["starts"] = box["acts"]["reseal"]["starts"] = {"objection": "sealed_on"}
    box["acts"]["protest"] |= {"unless_lapsed": "objection", "meets": "objection"}
    box["acts"]["publish"]["after_lapse"] = "objection"
    del box["clocks"]["month"]
    box["acts"]["lend"]["starts"] = {"term": "today"}
    book |= {"rulebook": SECOND, "in_force": FROM, "replaces": "boxes"}
    book["moves"] = {
        "box": {
            "states": {"sealed": "locked"},
            "parts": {"slip": {"torn": "off"}},
            "clocks": {"protest": "objection", "month": "stop"},
        }
    }
    return book


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """Rename states wherever they stand in the rows of kinds: keys and values alike."""
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def _application(folder: Path, *books: dict[str, Any]) -> Application:
    """The boxes with more rulebooks beside their own."""
    folder.mkdir(exist_ok=True)
    (folder / "clauses.csv").write_bytes((HOME / "clauses.csv").read_bytes())
    for book in books:
        path = folder / f"{book['rulebook']}.yaml"
        path.write_text(yaml.safe_dump(book, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return Application(
        name="boxes",
        package="boxes",
        acts=[acts],
        guards=[guards],
        events=facts,
        tasks=[acts],
        finders=[finders],
        rulebooks=[folder] if books else [],
    )


def _stage(folder: Path, application: Application, url: str | None = None) -> Stage:
    return Stage(application, folder, PEOPLE, url=url, settings=SETTINGS, day="2026-07-06")


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Stage]:
    """The boxes under both editions; the second is in force from August."""
    stage = _stage(tmp_path, _application(tmp_path / "books", second_edition()))
    yield stage
    stage.close()


@pytest.fixture
def both_on_postgresql(postgresql: Cluster, tmp_path: Path) -> Iterator[Stage]:
    """The same on PostgreSQL."""
    application = _application(tmp_path / "books", second_edition())
    with postgresql.lent(application) as url:
        stage = _stage(tmp_path, application, url)
        yield stage
        stage.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def live(request: pytest.FixtureRequest) -> Stage:
    """Both editions, on each of the two databases in turn."""
    stage: Stage = request.getfixturevalue("both" if request.param == "sqlite" else "both_on_postgresql")
    return stage


def change(stage: Stage, **more: Any) -> list[Any]:
    """Apply the second edition to what is stored."""
    office = stage.office
    return list(EditionChange(office.database, office.performer, office.clock.now, SECOND).apply(**more))


def keep(stage: Stage) -> str:
    return str(stage.act("keeper", "box", "keep", {"label": "甲"})["root"])


# side by side


def test_a_root_opens_under_the_rulebook_in_force_that_day(both: Stage) -> None:
    before = keep(both)
    both.on("2026-08-01")
    after = keep(both)
    assert (both.get("keeper", before)["regime"], both.get("keeper", after)["regime"]) == ("boxes", SECOND)


def test_a_root_is_judged_and_shown_by_its_own_rulebook(both: Stage) -> None:
    old = keep(both)
    both.on("2026-08-03")
    new = keep(both)
    for root, state, due in ((old, "已封", "2026-08-17"), (new, "已锁", "2026-08-24")):
        sealed = both.act("keeper", "box", "seal", {"sealed_on": "2026-08-03"}, root=root)
        assert (sealed["state_zh"], sealed["clocks"][0]["due_on"]) == (state, due)
        assert both.get("keeper", root)["clocks"][0]["due_on"] == due
    listed = {item["id"]: item["state_zh"] for item in both.office.search({"token": both.token("keeper")})["items"]}
    assert listed == {old: "已封", new: "已锁"}
    described = both.office.describe({})
    assert described["rulebook"]["name"] == SECOND and "locked" in described["kinds"]["box"]["states"]
    assert "sealed" in described["regimes"]["boxes"]["kinds"]["box"]["states"]


def test_an_event_moves_a_root_once_by_the_root_s_own_rulebook(both: Stage) -> None:
    old = keep(both)
    both.on("2026-08-03")
    new = keep(both)
    for root in (old, new):
        assert both.event("post.letter-sent.v1", {"box": root, "mood": "glad"}) == "taken"
        assert both.system(root).root.body["letters"] == ["glad"]


def test_each_kind_of_duty_is_found_under_both_rulebooks(both: Stage) -> None:
    old = keep(both)
    both.on("2026-08-03")
    new = keep(both)
    duties = both.office.duties({"token": both.token("keeper")})["items"]
    assert {duty["root"] for duty in duties} == {old, new}


# what is wrong with an edition is said before it is loaded


def edited(edit: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    book = copy.deepcopy(second_edition())
    edit(book)
    return book


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (lambda book: book["moves"]["box"].pop("states"), "'sealed' has no place in the new edition"),
        (lambda book: book["moves"]["box"].pop("parts"), "'torn' has no place"),
        (lambda book: book["moves"]["box"]["clocks"].pop("month"), "'month' has no place"),
        (lambda book: book["moves"]["box"]["states"].update(lost="kept"), "there was no 'lost'"),
        (lambda book: book.pop("replaces"), "`replaces:` names no rulebook"),
        (lambda book: book.update(in_force="2026-01-01"), "in force from one day"),
        (lambda book: book["moves"]["box"].update(colour={}), "unknown key 'colour'"),
    ],
)
def test_an_edition_that_leaves_stored_roots_without_a_place_does_not_load(
    tmp_path: Path, edit: Callable[[dict[str, Any]], object], fault: str
) -> None:
    with pytest.raises(ConfigurationFault) as refused:
        _application(tmp_path / "books", edited(edit))
    assert any(fault in line for line in refused.value.faults), refused.value.faults


# the change


def test_states_parts_and_clocks_move_and_the_journal_says_so(live: Stage) -> None:
    box = keep(live)
    live.act("keeper", "box", "pin", {"holder": "org_holder"})
    live.act("holder", "box", "tear", part="slip")
    live.act("keeper", "box", "lend", {"ends_on": "2026-12-31"})
    live.act("keeper", "box", "seal", {"sealed_on": "2026-07-06"})
    before = live.system(box)
    (progress,) = change(live)
    assert (progress.moved, progress.left) == (1, 0)
    loaded = live.system(box)
    assert (loaded.root.regime, loaded.root.state, loaded.root.version) == (SECOND, "locked", before.root.version + 1)
    assert [part.state for part in loaded.parts] == ["off"]
    runs = {run.name: run for run in loaded.clocks}
    assert (runs["objection"].due_on, runs["objection"].state) == ("2026-07-27", "running")
    assert runs["month"].state == "stopped" and runs["term"].state == "running"
    entry = live.entries(box)[-1]
    assert (entry["act"], entry["from"], entry["to"]) == ("change-rulebook", {"box": "sealed"}, {"box": "locked"})
    assert entry["rulebook"] == live.application.registry.of(SECOND).hash
    assert {clock["clock"]: clock["event"] for clock in entry["clocks"]} == {
        "objection": "recounted",
        "month": "stopped",
    }
    assert live.office.verify(box) == []
    shown = live.office.journal({"token": live.token("keeper"), "id": box})
    assert shown[-1]["zh"] == "适用新版规则" and shown[-2]["zh"] == "封箱"
    assert live.act("owner", "box", "protest")["state"] == "kept"


def test_a_period_that_a_bureau_set_keeps_its_length(both: Stage) -> None:
    box = keep(both)
    both.act("keeper", "box", "ask", {"days": 3})
    due = both.system(box).clocks[0].due_on
    change(both)
    assert [(run.name, run.due_on) for run in both.system(box).clocks] == [("answer", due)]


def test_what_has_ended_stays_under_its_edition_unless_asked_for(both: Stage) -> None:
    box = keep(both)
    both.act("keeper", "box", "empty", {"words": "空"})
    assert both.system(box).root.state == "emptied"
    assert change(both) == [] and both.get("keeper", box)["regime"] == "boxes"
    change(both, final=True)
    assert both.get("keeper", box)["regime"] == SECOND and both.office.verify(box) == []


def test_a_draft_whose_act_is_no_more_is_sent_back(tmp_path: Path) -> None:
    def without_emptying(book: dict[str, Any]) -> None:
        del book["box"]["acts"]["empty"]
        book["box"]["acts"]["load"] |= {"to": "emptied", "from": ["kept", "shown"]}

    stage = _stage(tmp_path, _application(tmp_path / "books", edited(without_emptying)))
    box = keep(stage)
    stage.act("keeper", "box", "empty", {"words": "空"}, sign=False)
    (progress,) = change(stage)
    (draft,) = stage.get("keeper", box)["drafts"]
    assert (progress.drafts_ended, draft["state"], draft["act"]) == (1, "returned", "empty")
    with pytest.raises(Refusal, match="wrong-state"):
        stage.act("head", "box", "approve-draft", {"draft": draft["id"]})
    (duty,) = [
        duty
        for duty in stage.office.duties({"token": stage.token("keeper"), "queue": "drafts"})["items"]
        if duty["draft"]
    ]
    assert duty["why"] == "returned"
    stage.act("keeper", "box", "withdraw-draft", {"draft": draft["id"]})
    stage.close()


def test_a_change_that_was_broken_off_goes_on_where_it_stopped(live: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = [keep(live) for _ in range(5)]
    monkeypatch.setattr("chassis.core.triggers.edition.BATCH", 2)
    office = live.office
    first = EditionChange(office.database, office.performer, office.clock.now, SECOND).apply()
    assert next(first).left == 3
    first.close()
    change(live)
    for box in boxes:
        loaded = live.system(box)
        assert loaded.root.regime == SECOND
        assert [entry["act"] for entry in live.entries(box)] == ["keep", "change-rulebook"]


def test_acts_go_on_while_a_rulebook_changes(live: Stage) -> None:
    """Four people act on forty boxes while the change runs: nothing is lost, done twice, or left between the editions."""
    boxes = [keep(live) for _ in range(40)]
    asked = {box: live.request("keeper", "box", "load", {"count": 1}, root=box) for box in boxes}
    done: dict[str, int] = dict.fromkeys(boxes, 0)
    faults: list[BaseException] = []
    started = threading.Barrier(5)

    def work(mine: list[str]) -> None:
        try:
            started.wait(30)
            for turn in range(4):
                for box in mine:
                    request = asked[box] | {"command": f"{box}-{turn}", "data": {"count": turn}}
                    done[box] += _perform_as_it_stands(live, request)
        except BaseException as fault:
            faults.append(fault)

    def move() -> None:
        try:
            started.wait(30)
            change(live)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(boxes[place::4],)) for place in range(4)]
    threads.append(threading.Thread(target=move))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert faults == []
    change(live)
    for box in boxes:
        loaded = live.system(box)
        entries = live.entries(box)
        assert done[box] == 4 and loaded.root.regime == SECOND and loaded.root.state == "kept"
        assert [entry["act"] for entry in entries].count("load") == 4
        assert [entry["act"] for entry in entries].count("change-rulebook") == 1
        assert loaded.root.version == len(entries) == 6 and live.office.verify(box) == []


def _perform_as_it_stands(stage: Stage, request: dict[str, Any]) -> int:
    """Perform a request, read again as often as somebody else was quicker; returns 1 when it is done."""
    for _ in range(50):
        version = stage.system(request["id"]).root.version
        try:
            stage.office.perform({**request, "token": stage.token("keeper"), "expects": version})
        except Refusal as refusal:
            assert refusal.code == "stale", refusal
            continue
        return 1
    raise AssertionError("somebody else was always quicker")


# the check at the start


def test_what_no_loaded_rulebook_knows_stops_the_start_with_counts(live: Stage) -> None:
    office = live.office
    keep(live)
    box = keep(live)
    live.act("keeper", "box", "pin", {"holder": "org_holder"})
    live.act("keeper", "box", "ask", {"days": 3})
    with office.database.writing() as connection:
        assert unknown(live.application.registry, connection) == []
        connection.execute(update(tables.roots).where(tables.roots.c.id == box).values(state="lost"))
        connection.execute(update(tables.parts).values(state="gone"))
        connection.execute(update(tables.clocks).where(tables.clocks.c.name == "answer").values(name="hourglass"))
    with pytest.raises(ConfigurationFault) as refused:
        office.check_stored()
    text = "\n".join(refused.value.faults)
    assert "1 stored under boxes: box in state 'lost'" in text
    assert "with the part slip in state 'gone'" in text and "with the clock 'hourglass' running" in text
    with office.database.writing() as connection:
        connection.execute(update(tables.roots).values(regime="of-yore"))
    with pytest.raises(ConfigurationFault) as refused:
        office.check_stored()
    assert any("2 stored" in fault or "that rulebook is not loaded" in fault for fault in refused.value.faults)


def test_duties_are_written_again_after_a_change_of_rulebooks(tmp_path: Path) -> None:
    stage = _stage(tmp_path, _application(tmp_path / "none"))
    box = keep(stage)
    while stage.office.rebuild_projections():
        pass
    assert stage.office.rebuild.done()
    with stage.office.database.writing() as connection:
        connection.execute(delete(tables.duties))
    office = Office(_application(tmp_path / "books", second_edition()), stage.office.config)
    office.clock = stage.office.clock
    assert office.health()["rebuilding"] is True
    assert office.rebuild_projections() == 1 and office.rebuild_projections() == 0
    assert office.health()["rebuilding"] is False
    with office.database.reading() as connection:
        assert connection.execute(select(tables.duties.c.root_id).distinct()).scalars().all() == [box]
    office.close()
    stage.close()
