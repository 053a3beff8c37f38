"""The rows of readers say what the rule of reading says: lists show what pages do not refuse, and words find what pages show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from boxes import acts, facts, finders, guards
from boxes.people import PEOPLE, SETTINGS
from hypothesis import given, settings
from hypothesis import strategies as st
from search_case import keep, listed
from sqlalchemy import delete, select, update

from chassis.core import Application, Refusal
from chassis.core.acts.readers import held, keys_of
from chassis.core.acts.texts import classes, readers_of
from chassis.core.errors import ConfigurationFault
from chassis.core.rulebook import reader
from chassis.core.storage import tables
from chassis.core.storage.roots import Party
from chassis.core.storage.words import tokens
from chassis.core.trust.access import reads
from chassis.core.trust.tokens import Actor, issue
from chassis.testing import Cluster, Stage
from chassis.testing.stage import KEY

HOME = Path(str(files("boxes"))) / "rulebook"
SECOND_DAY = "2026-07-10"


def _application(folder: Path, book: dict[str, Any]) -> Application:
    folder.mkdir(exist_ok=True)
    (folder / "clauses.csv").write_bytes((HOME / "clauses.csv").read_bytes())
    (folder / "book.yaml").write_text(yaml.safe_dump(book, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return Application(
        name="boxes", package="boxes", acts=[acts], guards=[guards], events=facts, tasks=[acts], finders=[finders],
        rulebooks=[folder],
    )  # fmt: skip


def _book() -> dict[str, Any]:
    book: dict[str, Any] = reader.yaml.load((HOME / "boxes.yaml").read_text(encoding="utf-8"), reader._Loader)
    return book


@pytest.fixture(scope="module")
def two_books(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """The boxes under two rulebooks; the second has every kind of reader: by area, by organisation, public, in some states."""
    book = _book() | {"rulebook": "boxes-2", "in_force": SECOND_DAY}
    book["actors"] |= {
        "town_keeper": {"zh": "市库", "party": "keeper", "office": "store", "area": r"^\d{4}00$"},
        "own_audit": {"zh": "内审", "party": "keeper", "office": "audit", "organisation": "audit"},
        "anyone_of_owner": {"zh": "物主方", "party": "owner", "public": True},
    }
    book["actors"]["auditor"] |= {"office": ["audit", "law"]}
    book["box"]["reads"] = {
        "keeper": {"fields": "all", "states": ["kept", "sealed"]},
        "board": "all",
        "town_keeper": {"fields": ["pieces"], "states": ["shown", "emptied"]},
        "own_audit": ["rest"],
        "auditor": {"fields": ["label", "count"], "states": ["sealed", "shown"]},
        "owner": ["label", "code"],
        "anyone_of_owner": {"fields": ["pieces"], "states": ["shown"]},
        "holder": ["label"],
        "anyone": {"fields": ["label"], "states": ["shown"]},
    }
    return _application(tmp_path_factory.mktemp("books"), book)


@pytest.fixture
def stage_of_two(two_books: Application, tmp_path: Path) -> Iterator[Stage]:
    """Those boxes on SQLite."""
    stage = Stage(two_books, tmp_path, PEOPLE, settings=SETTINGS)
    yield stage
    stage.close()


@pytest.fixture
def stage_of_two_on_postgresql(two_books: Application, postgresql: Cluster, tmp_path: Path) -> Iterator[Stage]:
    """The same on PostgreSQL."""
    with postgresql.lent(two_books) as url:
        stage = Stage(two_books, tmp_path, PEOPLE, url=url, settings=SETTINGS)
        yield stage
        stage.close()


def opened_page(stage: Stage, who: Actor | None, root: str) -> dict[str, Any] | None:
    try:
        answer: dict[str, Any] = stage.office.get({"token": issue(who, KEY) if who else None, "id": root})
        return answer
    except Refusal as refusal:
        assert refusal.code == "not-found"
        return None


# what lists show and words find, against pages

ORGS = ["org_store", "org_far", "org_owner", "org_holder", "org_audit", "org_province"]
AREAS = [None, "000000", "210000", "210100", "210102", "220100", "210200"]
ACTORS = st.builds(
    Actor,
    st.sampled_from(["p_anybody", "org_owner"]),
    st.just("org_x"),
    st.lists(st.sampled_from(ORGS), max_size=2).map(tuple),
    st.sampled_from(AREAS),
    st.lists(st.sampled_from(["store", "audit", "firm", "law", "lead"]), max_size=2).map(tuple),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["keep", "seal", "protest", "up", "down", "load", "pin", "note", "empty", "day", "stand"]),
        st.integers(0, 6),
        st.sampled_from(["keeper", "elsewhere"]),
    ),
    min_size=3,
    max_size=14,
)
WORDS = ["红", "红箱", "箱子", "ab12", "AB-12", "盖", "铁盖", "qx", "7781", "甲", "L-7"]


def take(stage: Stage, boxes: list[str], act: str, number: int, who: str) -> None:
    """Take one step of a history; what the rules refuse is no step."""
    if act == "keep":
        data: dict[str, Any] = {
            "label": ["红箱子", "甲", "QX 7781"][number % 3],
            "area": AREAS[2 + number % 5],
            "owner": ["org_owner", "org_store"][number % 2],
            "pieces": [{"name": "铁盖 AB-12", "weight": 1}] if number % 3 else [],
            "rest": {"models": ["红箱", "L-7"]} if number % 2 else {"lots": [{"numbers": ["7781", ["QX"]]}]},
            "secret": "红箱",
        }
        boxes.append(keep(stage, who, **data))
    elif act == "day":
        stage.on(max(stage.day, [stage.day, SECOND_DAY, "2026-07-28"][number % 3]))
    elif boxes:
        asked = {
            "seal": {"sealed_on": stage.day}, "load": {"count": number}, "pin": {"holder": "org_holder"},
            "note": {"words": "x"}, "empty": {"words": "x"}, "up": {"way": "up"}, "down": {"way": "down"},
        }  # fmt: skip
        name = "sort" if act in ("up", "down") else act
        if name == "stand":
            shelf = stage.act("keeper", "shelf", "build")["root"]
            asked["stand"] = {"shelves": [shelf]}
        by = {"protest": "owner", "empty": "keeper"}.get(act, who)
        stage.act(by, "box", name, asked.get(act), root=boxes[number % len(boxes)])


def shown_tokens(page: dict[str, Any]) -> set[str]:
    """The words of title, number, and of the fields that `search:` names, as far as the page shows them."""
    body = page["body"]
    values = [page["title"], page["number"] or "", str(body.get("code") or "")]
    values += [piece["name"] for piece in body.get("pieces") or []]
    rest = body.get("rest") or {}
    values += rest.get("models", [])
    for lot in rest.get("lots", []):
        for number in lot["numbers"]:
            values += number if isinstance(number, list) else [number]
    return {token for value in values for token in tokens(value)}


def stored_rows(stage: Stage) -> list[Any]:
    with stage.office.database.reading() as connection:
        readers = [tuple(row) for row in connection.execute(select(tables.readers))]
        texts = [(row.root_id, str(row.tokens)) for row in connection.execute(select(tables.texts))]
        derived = [tuple(row) for row in connection.execute(select(tables.roots.c.id, tables.roots.c.derived))]
    return [sorted(readers), sorted(texts), sorted(derived)]


@pytest.mark.parametrize("base", ["stage_of_two", "stage_of_two_on_postgresql"])
def test_after_any_acts_lists_show_what_pages_do_not_refuse_and_words_find_what_they_show(
    base: str, request: pytest.FixtureRequest
) -> None:
    stage: Stage = request.getfixturevalue(base)

    @settings(max_examples=30 if base == "stage_of_two" else 10)
    @given(STEPS, st.lists(st.none() | ACTORS, min_size=3, max_size=3))
    def check(steps: list[tuple[str, int, str]], actors: list[Actor | None]) -> None:
        stage.on("2026-07-06")
        with stage.office.database.writing() as connection:
            for table in reversed(tables.metadata.sorted_tables):
                connection.execute(table.delete())
        boxes: list[str] = []
        for step in steps:
            try:
                take(stage, boxes, *step)
            except Refusal:
                continue
        for actor in actors:
            pages = {root: page for root in boxes if (page := opened_page(stage, actor, root))}
            by_actor = actor or Actor()
            assert set(listed(stage, by_actor, kind="box", size=3)) == set(pages)
            dossiers = {page["dossier"]: root for root, page in pages.items()}
            assert {d: listed(stage, by_actor, dossier=d) for d in dossiers} == {d: [r] for d, r in dossiers.items()}
            for word in WORDS:
                expected = {
                    root for root, page in pages.items() if all(_has(word, shown_tokens(page)) for word in word.split())
                }
                assert set(listed(stage, by_actor, kind="box", text=word, size=2)) == expected, word
                for state in ("kept", "shown"):
                    in_state = {root for root in expected if pages[root]["state"] == state}
                    assert set(listed(stage, by_actor, kind="box", text=word, state=state)) == in_state
        before = stored_rows(stage)
        stage.office.rebuild.restart()
        while stage.office.rebuild_projections():
            pass
        assert stored_rows(stage) == before

    check()


def _has(word: str, known: set[str]) -> bool:
    """The words of WORDS again, by hand: `AB-12` joined, Chinese in pairs."""
    if word in ("红箱", "箱子", "铁盖"):
        return word in known
    return word.lower().replace("-", "") in known


STATES = ["kept", "sealed", "shown", "emptied"]
PARTIES = st.lists(
    st.builds(
        Party,
        st.sampled_from(["keeper", "owner", "holder", "other"]),
        st.sampled_from(["org_store", "org_far", "org_owner", "org_audit", "p_anybody", "^store:21", "=boxes:anyone"]),
        st.sampled_from(["", "slip_1"]),
        st.sampled_from(AREAS),
    ),
    max_size=4,
)


@settings(max_examples=3000)
@given(ACTORS | st.just(Actor()), PARTIES, st.sampled_from(["boxes", "boxes-2"]), st.sampled_from(STATES))
def test_the_keys_that_a_reader_holds_open_what_the_rule_lets_it_see(
    two_books: Application, actor: Actor, parties: list[Party], regime: str, state: str
) -> None:
    book, kind = two_books.registry.of(regime), two_books.registry.kind(regime, "box")
    rule = reads(book, kind, actor, parties, state, SETTINGS)
    keys = keys_of(book, kind, state, parties)
    mine = list(held(two_books.registry, actor, SETTINGS))
    opened = [keys[key] for key in {each.key for each in mine} & set(keys)]
    names = {(key, name) for key, fields in keys.items() for name in classes(kind, fields)}
    matched = {name for name, held_keys in readers_of(mine).items() for key in held_keys if (key, name) in names}
    if rule is None:
        assert not opened and not matched
    elif rule.fields is None:
        assert None in opened and "" in matched
    else:
        assert None not in opened and rule.fields == frozenset[str]().union(*(fields or () for fields in opened))
        assert matched == set(classes(kind, rule.fields))


def test_derived_rows_are_written_again_after_a_change_of_form(either: Stage, kept: Callable[..., str]) -> None:
    boxes = [kept(label="红箱"), kept(label="红箱")]
    with either.office.database.writing() as connection:
        for table in (tables.readers, tables.texts, tables.duties):
            connection.execute(delete(table))
        connection.execute(update(tables.roots).values(derived=None))
    assert listed(either, "keeper") == listed(either, "keeper", text="红箱") == []
    either.act("keeper", "box", "load", {"count": 3}, root=boxes[0])
    assert listed(either, "keeper") == listed(either, "keeper", text="红箱") == [boxes[0]]
    either.office.rebuild.restart()
    while either.office.rebuild_projections():
        pass
    assert set(listed(either, "keeper")) == set(listed(either, "keeper", text="红箱")) == set(boxes)
    assert len(either.office.duties({"token": either.token("keeper")})["items"]) == 2


def test_a_path_that_is_none_is_a_fault_of_the_rulebook(tmp_path: Path) -> None:
    book = _book() | {"rulebook": "boxes-3", "in_force": "2026-09-01"}
    book["box"]["search"] = ["code", "Pieces.name", "rest..models"]
    with pytest.raises(ConfigurationFault) as refused:
        _application(tmp_path / "books", book)
    assert [fault for fault in refused.value.faults if "search" in fault] == [
        "boxes: boxes-3: box: search: 'Pieces.name' is no path into a body",
        "boxes: boxes-3: box: search: 'rest..models' is no path into a body",
    ]


def test_keys_of_readers_cannot_be_forged_by_names(stage: Stage) -> None:
    """Whoever keeps a box names its owner: a name that looks like another's key opens nothing."""
    keep(stage, owner="^law+lead+store:22")
    keep(stage, owner="=boxes:anyone")
    keep(stage, owner="org_far/law+lead+store")
    assert listed(stage, "elsewhere") == listed(stage, None) == []
