"""Drafts on their way up: order, persons, deputies, returns, and the checks made again at the signature."""

import pytest

from chassis.core import Refusal

EMPTY = {"words": "清空"}


@pytest.fixture
def box(either):
    root = either.act("keeper", "box", "keep", {"label": "甲"})["root"]
    either.act("keeper", "box", "empty", EMPTY, sign=False)
    return root


def step(stage, who, act="approve-draft", **data):
    draft = stage.outcome["draft"]["id"]
    return stage.act(who, "box", act, {"draft": draft, **data})["draft"]


def refused(stage, who, act="approve-draft", **data):
    with pytest.raises(Refusal) as refusal:
        step(stage, who, act, **data)
    return refusal.value.code


def test_a_draft_moves_nothing_and_goes_to_the_first_post(either, box):
    assert either.outcome["draft"] | {"id": "", "hash": ""} == {
        "id": "",
        "hash": "",
        "state": "open",
        "step": 0,
        "post": "head",
    }
    assert either.system(box).root.state == "kept" and either.facts("document-issued") == []
    assert [entry["act"] for entry in either.entries(box)] == ["keep", "draft"]


def test_a_draft_is_signed_in_the_order_of_its_chain(either, box):
    assert step(either, "head")["post"] == "legal"
    assert step(either, "lawyer")["post"] == "chief"
    assert step(either, "chief") == {"id": either.outcome["draft"]["id"], "state": "signed"}
    entry = either.entries(box)[-1]
    assert (either.outcome["state"], entry["act"], entry["clause"]) == ("emptied", "empty", "3")
    assert [(done["post"], done["person"], done["result"]) for done in entry["draft"]["steps"]] == [
        ("head", "p_head", "approved"),
        ("legal", "p_lawyer", "approved"),
        ("chief", "p_chief", "signed"),
    ]
    assert (entry["draft"]["drafter"], entry["actor"]["person"]) == ("p_keeper", "p_chief")
    assert either.facts("document-issued")[0]["signed_by"] == "p_chief"
    assert either.office.verify(box) == []


@pytest.mark.parametrize("who", ["chief", "lawyer", "keeper", "owner", "auditor"])
def test_nobody_steps_out_of_turn(either, box, who):
    assert refused(either, who) in {"forbidden", "not-found"}


def test_the_same_post_of_another_organisation_does_not_sign(either, box):
    assert refused(either, "elsewhere") == "not-found"


def test_one_person_takes_one_step(either, box):
    step(either, "head")
    step(either, "lawyer")
    assert refused(either, "head") == "forbidden"


def test_the_drafter_signs_nothing(either, box):
    either.people["keeper"] = either.people["head"]
    either.act("keeper", "box", "empty", EMPTY, sign=False)
    assert refused(either, "head") == "forbidden"


def test_a_deputy_signs_for_the_one_stood_in_for(either, box):
    for who in ("head", "lawyer", "deputy"):
        step(either, who)
    last = either.entries(box)[-1]
    assert last["draft"]["steps"][-1]["for"] == "p_chief"
    assert last["actor"]["deputy"] == {"chief": "p_chief"}


def test_a_return_needs_reasons_and_ends_the_draft(either, box):
    assert refused(either, "head", "return-draft") == "invalid"
    assert step(either, "head", "return-draft", reasons="补充清单")["state"] == "returned"
    assert refused(either, "head") == "wrong-state"
    assert either.entries(box)[-1]["data"]["reasons"] == "补充清单"


def test_only_the_drafter_withdraws(either, box):
    assert refused(either, "second", "withdraw-draft") == "forbidden"
    assert step(either, "keeper", "withdraw-draft")["state"] == "withdrawn"
    assert refused(either, "head") == "wrong-state"


def test_what_was_not_previewed_is_not_signed(either, box):
    assert refused(either, "head", hash="0" * 64) == "stale"
    assert step(either, "head", hash=either.outcome["draft"]["hash"])["post"] == "legal"


def test_every_check_is_made_again_at_the_signature(either, box):
    step(either, "head")
    step(either, "lawyer")
    draft = either.outcome["draft"]["id"]
    either.act("keeper", "box", "load", {"count": 100})
    with pytest.raises(Refusal, match="guard") as refusal:
        either.act("chief", "box", "approve-draft", {"draft": draft})
    assert refusal.value.facts["guard"] == "not_heavy"
    either.act("keeper", "box", "load", {"count": 1})
    assert either.act("chief", "box", "approve-draft", {"draft": draft})["state"] == "emptied"


def test_a_draft_whose_state_has_gone_is_not_signed(either, box):
    step(either, "head")
    step(either, "lawyer")
    draft = either.outcome["draft"]["id"]
    either.act("keeper", "box", "seal", {"sealed_on": "2026-07-06"})
    with pytest.raises(Refusal, match="wrong-state"):
        either.act("chief", "box", "approve-draft", {"draft": draft})
    assert either.system(box).root.state == "sealed"


def test_what_cannot_be_done_is_not_drafted(either, box):
    either.act("keeper", "box", "load", {"count": 100})
    with pytest.raises(Refusal, match="guard"):
        either.act("keeper", "box", "empty", EMPTY, sign=False)


def test_a_draft_of_another_box_is_not_found(either, box):
    draft = either.outcome["draft"]["id"]
    other = either.act("keeper", "box", "keep", {"label": "乙"})["root"]
    with pytest.raises(Refusal, match="not-found"):
        either.act("head", "box", "approve-draft", {"draft": draft}, root=other)


def test_an_approval_repeated_is_answered_once_more_and_counts_once(either, box):
    request = either.request("head", "box", "approve-draft", {"draft": either.outcome["draft"]["id"]})
    first, again = either.office.perform(request), either.office.perform(request)
    assert again == first | {"repeat": True}
    assert first["draft"]["step"] == 1


def test_a_draft_is_the_duty_of_whoever_holds_the_next_post(either, box):
    def waiting(who):
        return [
            duty["draft"]["act"]
            for duty in either.office.duties({"token": either.token(who)})["items"]
            if duty["draft"]
        ]

    assert (waiting("head"), waiting("chief"), waiting("keeper")) == (["empty"], [], [])
    step(either, "head")
    assert waiting("head") == []
