"""The guards of a panel's acts, each in the cases that decide it."""

from datetime import date
from types import SimpleNamespace

import pytest

from experts.domain import draw, panels


def moment(*states, size=3, **body):
    """A panel with seats in these states, as a guard sees it."""
    seats = [SimpleNamespace(id=f"seat_{n}", kind="seat", state=state) for n, state in enumerate(states)]
    body = {"size": size, "leader": None, "purpose": "determination", **body}
    return SimpleNamespace(body=body, part=None, data={}, today=date(2026, 4, 1), parts=seats)


@pytest.mark.parametrize(
    ("states", "vacant"),
    [
        ([], True),
        (["drawn", "drawn", "drawn"], False),
        (["confirmed", "confirmed", "conflicted"], True),
        (["confirmed", "confirmed", "replaced", "drawn"], False),
    ],
)
def test_a_seat_is_vacant_when_fewer_hold_seats_than_were_asked_for(states, vacant):
    assert panels.seat_vacant(moment(*states)) is vacant


@pytest.mark.parametrize(
    ("states", "ready"),
    [
        ([], False),
        (["confirmed", "confirmed"], False),
        (["confirmed", "confirmed", "drawn"], False),
        (["confirmed", "confirmed", "confirmed"], True),
        (["confirmed", "confirmed", "conflicted", "confirmed"], True),
        (["confirmed", "confirmed", "replaced", "confirmed", "drawn"], False),
    ],
)
def test_a_panel_works_when_all_who_hold_seats_confirmed_and_are_enough(states, ready):
    assert panels.every_seat_confirmed(moment(*states)) is ready


@pytest.mark.parametrize(
    ("purpose", "conclusion", "fits"),
    [
        ("consultation", "possible_defect", True),
        ("consultation", "needs_more", True),
        ("consultation", "defect", False),
        ("determination", "defect", True),
        ("determination", "possible_defect", False),
        ("redetermination", "no_defect", True),
        ("redetermination", "needs_more", False),
    ],
)
def test_a_conclusion_answers_what_was_asked(purpose, conclusion, fits):
    at = moment(purpose=purpose)
    at.data = {"conclusion": conclusion}
    assert panels.conclusion_fits_purpose(at) is fits


def test_an_eligible_expert_is_left_until_the_draw_has_reached_all():
    record = draw.draw("panel_1", "req_1", ["expert_1", "expert_2"], "00" * 32, 1)
    at = moment("conflicted", size=1, draw=record)
    assert panels.eligible_expert_left(at)
    record["replacements"].append(draw.replacement(record, "seat_0", record["eligible"]))
    assert not panels.eligible_expert_left(at)
    assert not panels.eligible_expert_left(moment("conflicted"))


def test_members_are_drawn_once():
    assert panels.nobody_seated(moment())
    assert not panels.nobody_seated(moment("conflicted"))


def test_a_leader_is_appointed_once():
    at = moment("confirmed", leader={"seat": "seat_0", "person": "person_0"})
    at.part = at.parts[0]
    assert panels.leader_appointed(at)
    assert not panels.not_leader_yet(at)
    at.body["leader"] = None
    assert panels.not_leader_yet(at)
    assert not panels.leader_appointed(at)


@pytest.mark.parametrize(
    ("begins", "ends", "in_order"),
    [
        ("2026-04-01", "2029-03-31", True),
        ("2025-01-01", "2026-04-01", True),
        ("2025-01-01", "2026-03-31", False),
        ("2027-01-01", "2026-12-31", False),
    ],
)
def test_a_term_ends_after_it_begins_and_not_before_today(begins, ends, in_order):
    at = moment()
    at.data = {"term_from": begins, "term_until": ends}
    assert panels.term_in_order(at) is in_order
