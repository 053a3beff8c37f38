"""Who sees what: lists, pages, acts, journals and marks ask one table of parties."""

from dataclasses import replace

import pytest
from boxes.app import application
from boxes.people import PEOPLE
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.core import Refusal
from chassis.core.acts import projections
from chassis.core.reads.description import describe
from chassis.core.storage import roots
from chassis.core.trust.tokens import Actor, issue
from chassis.testing.stage import KEY

ORGS = ["org_store", "org_far", "org_owner", "org_holder", "org_audit", "org_province"]
AREAS = [None, "000000", "210000", "210100", "210102", "220100", "210200"]
ACTORS = st.builds(
    Actor,
    st.just("p_anybody"),
    st.just("org_x"),
    st.lists(st.sampled_from(ORGS), max_size=2).map(tuple),
    st.sampled_from(AREAS),
    st.lists(st.sampled_from(["store", "audit", "firm", "law"]), max_size=2).map(tuple),
)
BOXES = st.lists(
    st.tuples(
        st.sampled_from(["org_store", "org_far"]),
        st.sampled_from(AREAS[2:]),
        st.sampled_from(["kept", "sealed", "shown", "emptied"]),
    ),
    min_size=1,
    max_size=4,
)


def put(stage, org, area, state="kept"):
    """A box kept by an organisation of an area, in a state."""
    stage.people["maker"] = Actor("p_maker", org, (org,), area, ("store",))
    root = stage.act("maker", "box", "keep", {"label": "甲", "area": area})["root"]
    with stage.office.database.writing() as connection:
        loaded = roots.load(connection, root, lock=True)
        loaded.root.state = state
        derived = projections.projection_of(connection, application.definitions, stage.office.settings, loaded)
        roots.write(connection, loaded, loaded.root.updated_at)
        derived.write(connection)
    return root


def seen(stage, token, root):
    try:
        return stage.office.get({"token": token, "id": root})
    except Refusal as refusal:
        assert refusal.code == "not-found"
        return None


@pytest.mark.parametrize("base", ["stage", "on_postgresql"])
def test_a_list_shows_exactly_what_pages_do_not_refuse(request, base):
    stage = request.getfixturevalue(base)

    @settings(max_examples=40)
    @given(BOXES, st.none() | ACTORS)
    def check(boxes, actor):
        token = issue(actor, KEY) if actor else None
        kept = {put(stage, *box) for box in boxes}
        answer = stage.office.search({"token": token, "kind": "box", "size": 200})
        listed = {item["id"] for item in answer["items"]} & kept
        assert listed == {root for root in kept if seen(stage, token, root)}
        for root in kept - listed:
            for method in (stage.office.acts, stage.office.journal):
                with pytest.raises(Refusal, match="not-found"):
                    method({"token": token, "id": root})

    check()


@pytest.mark.parametrize(
    ("who", "area", "sees"),
    [
        ("province", "210100", True),
        ("province", "210102", True),
        ("province", "220100", False),
        ("county", "210102", True),
        ("county", "210100", False),
        ("keeper", "210102", True),
    ],
)
def test_a_store_sees_what_its_area_and_those_below_keep(stage, who, area, sees):
    box = put(stage, "org_somewhere", area)
    assert bool(seen(stage, stage.token(who), box)) is sees
    listed = stage.office.search({"token": stage.token(who), "kind": "box"})["items"]
    assert (box in {item["id"] for item in listed}) is sees


def test_reach_reads_but_does_not_act(stage):
    put(stage, "org_somewhere", "210102")
    with pytest.raises(Refusal, match="forbidden"):
        stage.act("province", "box", "seal", {"sealed_on": "2026-07-06"})


def test_a_party_sees_the_fields_that_its_row_names(either, kept):
    box = kept(count=3, rest={"one": 1})
    assert set(either.get("owner", box)["body"]) == {"label"}
    assert {"label", "count", "rest", "owner"} <= set(either.get("keeper", box)["body"])
    assert either.get("owner", box)["parties"] == either.get("owner", box)["drafts"] == []


def test_a_field_may_be_open_in_some_states_only(either, kept):
    box = kept()
    assert seen(either, either.token("auditor"), box) is None
    either.act("keeper", "box", "seal", {"sealed_on": "2026-07-06"})
    assert set(either.get("auditor", box)["body"]) == {"label", "count"}
    assert seen(either, either.token("false_auditor"), box) is None
    assert seen(either, None, box) is None
    either.act("owner", "box", "protest")
    either.act("keeper", "box", "sort", {"way": "up"})
    assert set(either.get(None, box)["body"]) == {"label"}


def test_the_holder_of_one_slip_sees_and_tears_that_one_alone(either, kept):
    box = kept()
    either.act("keeper", "box", "pin", {"holder": "org_holder"})
    either.act("keeper", "box", "pin", {"holder": "org_other"})
    mine, other = (part.id for part in either.system(box).parts)
    assert [part["id"] for part in either.get("holder", box)["parts"]] == [mine]
    assert [part["id"] for part in either.get("owner", box)["parts"]] == [mine, other]
    with pytest.raises(Refusal, match="forbidden"):
        either.act("holder", "box", "tear", part=other)
    assert either.act("holder", "box", "tear", part=mine)["part"] == mine


def offered(stage, who, box):
    return {offer["act"]: offer for offer in stage.office.acts({"token": stage.token(who), "id": box})}


def test_the_acts_on_offer_are_those_that_would_not_be_refused_for_person_state_or_period(either, kept):
    box = kept()
    assert {"note"} == set(offered(either, "owner", box)) - {"answer"}
    either.act("keeper", "box", "seal", {"sealed_on": "2026-07-06"})
    assert set(offered(either, "owner", box)) == {"note", "protest"}
    assert set(offered(either, "keeper", box)) == {"note", "load", "reseal"}
    either.on("2026-07-21")
    assert set(offered(either, "owner", box)) == {"note"}
    assert set(offered(either, "keeper", box)) == {"note", "load", "reseal", "publish"}


def test_an_act_is_offered_with_what_it_lacks_and_when_it_is_due(either, kept):
    box = kept(count=100)
    assert [lack["guard"] for lack in offered(either, "keeper", box)["empty"]["unmet"]] == ["not_heavy"]
    either.act("keeper", "box", "ask", {"days": 3})
    assert (offered(either, "owner", box)["answer"]["due"], offered(either, "owner", box)["answer"]["overdue"]) == (
        "2026-07-09",
        False,
    )
    either.on("2026-07-10")
    assert offered(either, "owner", box)["answer"]["overdue"] is True


def test_what_opens_a_root_is_offered_with_its_choices(either):
    asked = {"token": either.token("keeper"), "kind": "box"}
    (keep,) = [offer for offer in either.office.acts(asked) if offer["act"] == "keep"]
    assert keep["choices"] == {"label": None}, "choices may cost queries: they are computed when asked for"
    (keep,) = either.office.acts({**asked, "act": "keep"})
    assert keep["choices"] == {"label": [{"value": "a", "zh": "甲", "en": "2026-07-06"}]}
    assert either.office.acts({"token": either.token("owner")}) == []


def test_the_journal_shows_a_party_its_own_acts_and_those_that_are_shown(either, kept):
    box = kept()
    either.act("keeper", "box", "load", {"count": 5})
    either.act("keeper", "box", "note", {"words": "内部"})
    either.act("owner", "box", "note", {"words": "我的"})
    entries = either.office.journal({"token": either.token("owner"), "id": box})
    assert [(entry["act"], entry["data"]) for entry in entries] == [("note", {}), ("note", {"words": "我的"})]
    everything = either.office.journal({"token": either.token("keeper"), "id": box})
    assert [entry["act"] for entry in everything] == ["keep", "load", "note", "note"]


def test_duties_are_clocks_that_run_and_roots_that_wait(either, kept):
    box = kept()
    (waits,) = either.office.duties({"token": either.token("keeper")})["items"]
    assert (waits["why"], waits["acts"], waits["root"]) == ("awaits", ["seal"], box)
    either.act("keeper", "box", "ask", {"days": 3})
    (runs,) = either.office.duties({"token": either.token("owner")})["items"]
    assert (runs["why"], runs["acts"], runs["due_on"], runs["working_days_left"]) == (
        "clock",
        ["answer"],
        "2026-07-09",
        3,
    )
    assert either.office.duties({})["items"] == []


def test_the_description_is_stable_and_its_hash_tells_a_change(stage):
    first = stage.office.describe({})
    assert stage.office.describe({}) == first
    assert first["kinds"]["box"]["acts"]["keep"]["schema"]["properties"]["secret"]["x-mark"] == "secret"
    assert set(first["kinds"]["box"]["acts"]) >= {"approve-draft", "return-draft", "withdraw-draft"}
    assert "approve-draft" not in first["kinds"]["shelf"]["acts"]
    other = replace(application.definitions, service="crates")
    assert describe(other, application.rulebook)["hash"] != first["hash"]


def test_everybody_here_holds_one_token_of_theirs(stage):
    for name, actor in PEOPLE.items():
        assert stage.office.tokens.actor(stage.token(name)) == actor
