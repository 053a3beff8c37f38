"""A panel: how many sit on it, who leads it, what it may conclude. The guards of its acts."""

from collections.abc import Iterable
from datetime import date

from chassis.core import Moment
from chassis.core.storage.roots import Part
from experts.domain import draw

PURPOSES: dict[str, tuple[str, str]] = {
    "consultation": ("技术会商", "technical consultation"),
    "determination": ("缺陷判定", "defect determination"),
    "redetermination": ("重新认定", "redetermination"),
}
"""What a panel is asked for: articles 9 (consultation), 13(4) (determination) and 14 (redetermination)."""

CONCLUSIONS: dict[str, tuple[str, str]] = {
    "possible_defect": ("可能存在缺陷", "a possible defect"),
    "no_possible_defect": ("现有证据不能证明可能存在缺陷", "no possible defect shown"),
    "needs_more": ("需补充信息", "more information is needed"),
    "defect": ("存在缺陷", "a defect"),
    "no_defect": ("不存在缺陷", "no defect"),
}

CONCLUSIONS_OF: dict[str, tuple[str, ...]] = {
    "consultation": ("possible_defect", "no_possible_defect", "needs_more"),
    "determination": ("defect", "no_defect"),
    "redetermination": ("defect", "no_defect"),
}
"""The conclusions that answer each purpose."""


def seats_of(at: Moment) -> list[Part]:
    """The seats of the panel, oldest first."""
    return [part for part in at.parts if part.kind == "seat"]


def held(seats: Iterable[Part]) -> list[Part]:
    """The seats that somebody holds: drawn or confirmed, neither recused nor replaced."""
    return [seat for seat in seats if seat.state in ("drawn", "confirmed")]


def vacancies(seats: Iterable[Part], size: int) -> int:
    """How many of the seats asked for nobody holds."""
    return max(0, size - len(held(seats)))


def nobody_seated(at: Moment) -> bool:
    """Article 20: the members of a group are found once; who falls out later is replaced, not drawn anew."""
    return not seats_of(at)


def seat_vacant(at: Moment) -> bool:
    """Article 20: the group asked for has so many members; nobody is added while all its seats are held."""
    return vacancies(seats_of(at), at.body["size"]) > 0


def eligible_expert_left(at: Moment) -> bool:
    """Article 20: a replacement comes from the eligible experts of the recorded draw whom it has not reached yet."""
    record = at.body.get("draw")
    return bool(record and draw.left(record))


def every_seat_confirmed(at: Moment) -> bool:
    """Article 20: the group works when all who sit on it have confirmed, and are as many as were asked for."""
    seats = held(seats_of(at))
    return len(seats) >= at.body["size"] and all(seat.state == "confirmed" for seat in seats)


def leader_appointed(at: Moment) -> bool:
    """Article 20: 专家组实行组长负责制, the group works under a leader who answers for it."""
    return bool(at.body.get("leader"))


def not_leader_yet(at: Moment) -> bool:
    """Article 20: a group has one leader; who leads already is not appointed again."""
    leader = at.body.get("leader")
    if not leader:
        return True
    assert at.part is not None
    return bool(leader["seat"] != at.part.id)


def conclusion_fits_purpose(at: Moment) -> bool:
    """Articles 9, 13(4), 14: a consultation says whether a defect is possible, a determination whether there is one."""
    return at.data["conclusion"] in CONCLUSIONS_OF[at.body["purpose"]]


def term_in_order(at: Moment) -> bool:
    """Article 20 with the bureau's expert rules (not seen): a term ends after it begins, and is not over."""
    begins, ends = date.fromisoformat(at.data["term_from"]), date.fromisoformat(at.data["term_until"])
    return begins < ends and ends >= at.today
