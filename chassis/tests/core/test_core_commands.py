"""Commands: once each, on the version that was read, one winner; and whatever is sent is answered or refused."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from boxes.app import application
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from chassis.core import Refusal
from chassis.core.storage import tables

THREADS = 50
LABEL = {"label": "甲"}


@pytest.fixture
def box(either):
    return either.act("keeper", "box", "keep", LABEL)["root"]


def count(stage, table):
    with stage.office.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def outcome_of(stage, request):
    """The outcome, or the refusal's code."""
    try:
        return stage.office.perform(request)
    except Refusal as refusal:
        return refusal.code


def at_once(stage, requests):
    """Send all requests at the same moment, a thread each."""
    gate = threading.Barrier(len(requests))

    def send(request):
        gate.wait(30)
        return outcome_of(stage, request)

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))


def test_a_repeat_gets_the_first_answer(either, box):
    request = either.request("keeper", "box", "note", {"words": "一"}, command="command-1")
    first = either.office.perform(request)
    again = either.office.perform(request)
    assert (first["repeat"], again) == (False, first | {"repeat": True})
    assert len(either.system(box).root.body["notes"]) == 1 and count(either, tables.outbox) == 1


def test_a_repeat_of_an_opening_opens_nothing(either):
    request = either.request("keeper", "box", "keep", LABEL, command="command-1")
    assert either.office.perform(request)["root"] == either.office.perform(request)["root"]
    assert count(either, tables.roots) == 1


@pytest.mark.parametrize("change", [{"data": {"words": "二"}}, {"act": "load", "data": {"count": 1}}])
def test_another_body_under_the_same_id_is_refused(either, box, change):
    request = either.request("keeper", "box", "note", {"words": "一"}, command="command-1")
    either.office.perform(request)
    assert outcome_of(either, request | change) == "command-reused"


def test_another_person_may_use_the_same_id(either, box):
    either.act("keeper", "box", "note", {"words": "一"}, command="command-1")
    assert either.act("second", "box", "note", {"words": "二"}, command="command-1")["repeat"] is False


def test_a_refusal_does_not_consume_the_id(either, box):
    request = either.request("keeper", "box", "note", {"words": "一"}, command="command-1")
    assert outcome_of(either, request | {"expects": 9}) == "stale"
    assert outcome_of(either, request | {"data": {}}) == "invalid"
    assert either.office.perform(request)["repeat"] is False


def test_the_version_that_was_read_is_required(either, box):
    request = either.request("keeper", "box", "note", {"words": "一"})
    with pytest.raises(Refusal, match="version-required") as refused:
        either.office.perform(request | {"expects": None})
    assert refused.value.facts["version"] == 1
    either.act("second", "box", "note", {"words": "二"})
    with pytest.raises(Refusal, match="stale") as refused:
        either.office.perform(request)
    assert refused.value.facts == {"version": 2, "expected": 1}


def test_an_act_on_a_part_is_on_the_version_of_the_part(either, box):
    either.act("keeper", "box", "pin", {"holder": "org_holder"})
    request = either.request("holder", "box", "tear", part="slip")
    either.act("keeper", "box", "note", {"words": "一"})
    assert either.office.perform(request)["part_version"] == 2


def test_a_failing_act_leaves_nothing(either, box):
    before = (count(either, tables.journal), count(either, tables.outbox), count(either, tables.sealed))
    with pytest.raises(RuntimeError):
        either.act("keeper", "box", "note", {"words": "stumble", "secret": "暗号甲"})
    assert (count(either, tables.journal), count(either, tables.outbox), count(either, tables.sealed)) == before
    assert either.system(box).root.version == 1


def test_of_fifty_at_once_on_one_root_exactly_one_wins(either, box):
    request = either.request("keeper", "box", "seal", {"sealed_on": "2026-07-06"})
    answers = at_once(either, [request | {"command": f"command-{n}"} for n in range(THREADS)])
    assert sorted(map(str, (f if isinstance(f, str) else f["state"] for f in answers))) == ["sealed"] + ["stale"] * 49
    assert [entry["act"] for entry in either.entries(box)] == ["keep", "seal"]
    assert either.office.verify(box) == []


@pytest.mark.parametrize("kind", ["box", "shelf"])
def test_one_command_sent_twenty_times_at_once_is_done_once_and_answered_alike(either, kind):
    act, data = ("keep", LABEL) if kind == "box" else ("build", {"name": "架"})
    request = either.request("keeper", kind, act, data, command="command-1")
    answers = at_once(either, [request] * 20)
    assert {f["root"] for f in answers} == {answers[0]["root"]}
    assert sorted(f["repeat"] for f in answers) == [False] + [True] * 19
    assert count(either, tables.roots) == 1


def test_roots_that_name_each_other_are_locked_in_one_order(either):
    one, other = (either.act("keeper", "box", "keep", LABEL)["root"] for _ in "ab")
    for turn in range(5):
        requests = [
            either.request("keeper", "box", "swap", {"other": b}, root=a, command=f"command-{turn}-{n}-{a}")
            for a, b in ((one, other), (other, one))
            for n in range(4)
        ]
        answers = at_once(either, requests)
        winners = 1 if turn == 0 else 2  # only the first swap changes the other box, and with it the version read there
        results = sorted(f if isinstance(f, str) else "done" for f in answers)
        assert results == ["done"] * winners + ["stale"] * (8 - winners)
    assert either.office.verify(one) == either.office.verify(other) == []


def test_named_roots_move_with_the_act_and_are_journaled(either, box):
    shelves = [either.act("keeper", "shelf", "build", {"name": str(n)})["root"] for n in range(2)]
    either.act("keeper", "box", "stand", {"shelves": shelves})
    assert [either.system(shelf).root.state for shelf in shelves] == ["taken", "taken"]
    entry = either.entries(shelves[0])[-1]
    assert (entry["by_root"], entry["from"], entry["to"]) == (box, {"shelf": "free"}, {"shelf": "taken"})
    with pytest.raises(Refusal, match="wrong-state"):
        either.act("keeper", "box", "stand", {"shelves": shelves})
    assert either.office.verify(shelves[0]) == []


def test_a_named_root_that_the_act_changed_without_moving_it_is_kept_and_journaled(either, box):
    other = either.act("keeper", "box", "keep", LABEL)["root"]
    before = either.system(other).root.version
    either.act("keeper", "box", "swap", {"other": other}, root=box)
    kept = either.system(other).root
    assert (kept.body["swapped"], kept.version, kept.state) == (box, before + 1, "kept")
    assert either.entries(other)[-1]["by_root"] == box
    assert either.office.verify(other) == []


def test_a_root_that_may_not_be_seen_may_not_be_named(either, box):
    hidden = either.act("elsewhere", "box", "keep", LABEL | {"area": "220100"})["root"]
    with pytest.raises(Refusal, match="invalid") as refused:
        either.act("keeper", "box", "swap", {"other": hidden}, root=box)
    assert list(refused.value.errors) == ["other"]
    with pytest.raises(Refusal, match="not-found"):
        either.act("keeper", "box", "swap", {"other": hidden[:-3] + "fff"}, root=box)


ACTS = [(kind.name, act.name) for kind in application.rulebook.kinds.values() for act in kind.acts.values()]
TEXT = st.text(max_size=12) | st.sampled_from(["\x00", "\ud800", "2026-07-06", "一" * 300])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["label", "count", "owner", "secret", "contact", "code", "made_on", "pieces", "picture", "rest", "words"]
FIELDS += ["days", "other", "shelves", "sealed_on", "ends_on", "holder", "way", "draft", "name"]
DATA = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=5) | JSON
SOUND = st.fixed_dictionaries(
    {"label": st.just("乙")},
    optional={"rest": st.dictionaries(TEXT, JSON, max_size=3), "contact": JSON, "count": st.integers()},
)


def answered(stage, method, request):
    """A request is answered with JSON, or refused: nothing else ever comes of it."""
    try:
        json.dumps(method(request))
    except Refusal as refusal:
        json.dumps(refusal.to_dict())
        assert refusal.status < 500


@pytest.mark.parametrize("base", ["stage", "on_postgresql"])
def test_whatever_data_is_sent_is_answered_or_refused(request, base):
    stage = request.getfixturevalue(base)
    box = stage.act("keeper", "box", "keep", LABEL)["root"]

    @settings(max_examples=250)
    @given(st.sampled_from(ACTS), DATA, st.sampled_from([None, box, "slip"]))
    def send(act, data, part):
        stage.last = {"box": box}
        request = stage.request("keeper", *act, {}, part=part)
        answered(stage, stage.office.perform, request | {"data": data})

    @settings(max_examples=120)
    @given(SOUND)
    def keep(data):
        answered(stage, stage.office.perform, stage.request("keeper", "box", "keep", {}) | {"data": data})

    send()
    keep()


@pytest.mark.parametrize("base", ["stage", "on_postgresql"])
def test_whatever_request_is_sent_is_answered_or_refused(request, base):
    stage = request.getfixturevalue(base)
    stage.act("keeper", "box", "keep", LABEL)
    office = stage.office
    methods = [office.perform, office.acts, office.get, office.search, office.duties, office.journal, office.describe]
    keys = [
        "command",
        "kind",
        "id",
        "act",
        "part",
        "expects",
        "data",
        "trace",
        "token",
        "state",
        "dossier",
        "text",
        "page",
        "size",
        "open",
        "reveal",
    ]

    @settings(max_examples=250)
    @given(
        st.sampled_from(methods),
        st.dictionaries(st.sampled_from(keys), JSON, max_size=6),
        st.fixed_dictionaries(
            {},
            optional={
                "token": st.just(0),
                "kind": st.sampled_from(["box", "shelf"]),
                "command": st.just("command-x"),
                "data": st.just({}),
                "act": st.sampled_from([a for _, a in ACTS]),
            },
        ),
    )
    def send(method, request, more):
        if "token" in more:
            more["token"] = stage.token("keeper")
        answered(stage, method, request | more)

    send()
