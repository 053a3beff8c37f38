"""A panel from request to opinion: members are drawn, confirm, are replaced; the leader answers for it (article 20)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from chassis.core import Act, Moment, Refusal, act
from chassis.core.contracts.schema import Nothing
from chassis.core.storage.roots import Part, Root
from chassis.core.storage.series import next_number
from experts.domain import draw, panels, pool
from experts.schemas.acts import (
    ConfirmSeat,
    DeclareConflict,
    InviteNationalExpert,
    Reasoned,
    RecuseMember,
    SelectMembers,
    SignOpinion,
)
from experts.schemas.facts import PanelRequested
from experts.storage import queries

ASKED = (
    "request", "root", "part", "purpose", "fields", "size", "question", "materials", "wanted_by", "producer", "product",
)  # fmt: skip


@act("panel", "form-panel", PanelRequested)
def form_panel(do: Act) -> None:
    """Article 20: intake or investigation asks for experts; the panel belongs to the dossier that asked."""
    number = next_number(do.connection, f"panel-{do.today.year}")
    do.root.number = f"专家组{do.today.year}-{number:03}"
    do.root.title = f"{do.data['product']['name']}·{panels.PURPOSES[do.data['purpose']][0]}专家组"
    do.body.update({key: do.data.get(key) for key in ASKED})
    do.body.update(number=do.root.number, leader=None, fields=[pool.field_code(each) for each in do.data["fields"]])
    do.party("lead_bureau", do.settings["province"], area=do.settings["province_area"])
    do.party("institution", do.settings["institution"])


@dataclass(frozen=True)
class Eligibility:
    """The admitted experts judged for one panel: the ids of the eligible, of the others with the reason, and every profile by id."""

    eligible: list[str]
    others: Mapping[str, str]
    profiles: dict[str, pool.Profile]


def _judge(connection: Connection, root: Root, today: date, *, any_field: bool = False) -> Eligibility:
    """Judge the admitted experts for this panel today; with `any_field` the fields asked for do not count."""
    profiles = queries.admitted(connection)
    asked = root.body
    fields = frozenset() if any_field else frozenset(asked["fields"])
    criteria = pool.Criteria(root.id, asked["purpose"], fields, asked["producer"].get("code"), today)
    eligible, others = pool.sort_out(profiles, criteria, queries.sat_in(connection, root.dossier))
    return Eligibility(eligible, others, {profile.expert: profile for profile in profiles})


def _seat(do: Act, profile: pool.Profile, how: str) -> str:
    """Give an expert of the pool a seat, which he is asked to confirm, and the right to see what he is asked about."""
    seat = do.add("seat", {"expert": profile.expert, "person": profile.person, "number": profile.number, "how": how})
    do.party("member", profile.person, part=seat.id)
    queries.seat(do.connection, seat.id, profile.expert, do.root.id, do.root.dossier, do.body["purpose"])
    return str(seat.id)


@act("panel", "draw-members", Nothing)
def draw_members(do: Act) -> None:
    """Article 20, by our own design: as many members as asked for, drawn so that anybody can redo it."""
    eligibility = _judge(do.connection, do.root, do.today)
    try:
        record = draw.draw(do.root.id, do.body["request"], eligibility.eligible, do.root.head, do.body["size"])
    except draw.TooFewEligible as few:
        raise Refusal(
            "guard",
            f"符合条件的专家仅 {few.eligible} 名，不足 {few.seats} 名，可说明理由指名选定或聘请全国专家",
            f"{few.eligible} experts are eligible for {few.seats} seats: select by name, or invite a national expert",
            eligible=few.eligible,
            wanted=few.seats,
        ) from None
    for expert in record["members"]:
        _seat(do, eligibility.profiles[expert], "drawn")
    do.body["draw"] = record
    do.note("draw", {**record, "left_out": dict(eligibility.others)})


def selectable(connection: Connection, at: Moment) -> list[dict[str, str]]:
    """The choices of `select-members`: whoever may sit, those of the fields asked for first."""
    assert at.root is not None
    matching = set(_judge(connection, at.root, at.today).eligible)
    eligibility = _judge(connection, at.root, at.today, any_field=True)
    in_order = sorted(eligibility.eligible, key=lambda expert: (expert not in matching, expert))
    return [_choice(eligibility.profiles[expert]) for expert in in_order]


def _choice(profile: pool.Profile) -> dict[str, str]:
    texts = [pool.FIELDS.get(field, (field, field)) for field in sorted(profile.fields)]
    zh, en = ("、".join(text[0] for text in texts), ", ".join(text[1] for text in texts))
    return {"value": profile.expert, "zh": f"{profile.number}（{zh}）", "en": f"{profile.number} ({en})"}


@act("panel", "select-members", SelectMembers, choices={"members": selectable})
def select_members(do: Act) -> None:
    """Article 20, by our own design: where few are eligible the institution picks by name, and says why."""
    vacant = panels.vacancies(do.parts("seat"), do.body["size"])
    matching = len(_judge(do.connection, do.root, do.today).eligible)
    enough = vacant * do.settings["few_eligible_per_seat"]
    if matching >= enough:
        raise Refusal(
            "guard",
            f"符合条件的专家有 {matching} 名，应随机抽取或按序替换",
            f"{matching} experts are eligible: draw the members, or replace in order",
            eligible=matching,
            few_below=enough,
        )
    chosen = list(dict.fromkeys(do.data["members"]))
    eligibility = _judge(do.connection, do.root, do.today, any_field=True)
    _refuse_selection(chosen, vacant, eligibility)
    for expert in chosen:
        _seat(do, eligibility.profiles[expert], "selected")
    selection = {"members": chosen, "reasons": do.data["reasons"], "eligible": matching}
    do.body.setdefault("selections", []).append(selection)


def _refuse_selection(chosen: list[str], vacant: int, eligibility: Eligibility) -> None:
    """Refuse more members than seats are vacant, and anybody who may not sit on this panel whatever his field."""
    faults = [f"空缺席位只有 {vacant} 个 / only {vacant} seats are vacant"] if len(chosen) > vacant else []
    for expert in sorted(set(chosen) - set(eligibility.eligible)):
        zh, en = pool.REASONS[eligibility.others.get(expert, "not_admitted")]
        faults.append(f"{zh} / {en}: {expert}")
    if faults:
        raise Refusal("invalid", errors={"members": faults})


@act("panel", "invite-national-expert", InviteNationalExpert)
def invite_national_expert(do: Act) -> None:
    """Article 20: where needed, a national expert of defective-product recall is invited onto the panel."""
    if any(seat.body["person"] == do.data["person"] for seat in panels.held(do.parts("seat"))):
        raise Refusal("invalid", errors={"person": ["该人员已在专家组中 / this person sits on the panel already"]})
    body = {key: do.data[key] for key in ("person", "name", "employer", "fields", "reasons")}
    invited = sum(seat.body["how"] == "invited" for seat in do.parts("seat"))
    seat = do.add("seat", {**body, "expert": None, "number": f"全国专家{invited + 1}", "how": "invited"})
    do.party("member", do.data["person"], part=seat.id)


def _addressed(do: Act) -> Part:
    """Return the seat that the act addresses; the rows that name `on: seat` always have one."""
    assert do.part is not None
    return do.part


@act("panel", "confirm-seat", ConfirmSeat)
def confirm_seat(do: Act) -> None:
    """Article 20, by our own design: the member himself confirms, and declares that he has no interest."""
    seat = _addressed(do)
    seat.body["confirmed_on"] = do.today.isoformat()
    queries.set_seat(do.connection, seat.id, "confirmed")


@act("panel", "declare-conflict", DeclareConflict)
def declare_conflict(do: Act) -> None:
    """Article 20 (回避): the member has an interest; he leaves the panel, and is not drawn again in this dossier."""
    _vacate(do, {"by": "member", "relation": do.data["relation"], "reasons": do.data["reasons"]})


@act("panel", "recuse-member", RecuseMember)
def recuse_member(do: Act) -> None:
    """Article 20 (回避): an interest that others discovered, or a member who cannot come."""
    assert do.actor is not None
    _vacate(do, {"by": do.actor.organisation, "ground": do.data["ground"], "reasons": do.data["reasons"]})


def _vacate(do: Act, why: dict[str, Any]) -> None:
    seat = _addressed(do)
    seat.body["recusal"] = {**why, "on": do.today.isoformat()}
    do.leave("member", seat.body["person"])
    if (do.body["leader"] or {}).get("seat") == seat.id:
        _replace_leader(do, None)
    queries.set_seat(do.connection, seat.id, "conflicted")


@act("panel", "replace-member", Nothing)
def replace_member(do: Act) -> None:
    """Article 20: the next expert of the recorded draw takes the place; who is not eligible any more is passed over."""
    seat = _addressed(do)
    eligibility = _judge(do.connection, do.root, do.today)
    replacement = draw.replacement(do.body["draw"], seat.id, eligibility.eligible)
    if replacement is None:
        raise Refusal(
            "guard",
            "抽取名单中已无符合条件的专家，可说明理由指名选定或聘请全国专家",
            "nobody on the list of the draw is eligible any more: select by name, or invite a national expert",
        )
    do.body["draw"]["replacements"].append(replacement)
    do.note("replacement", replacement)
    seat.body["replaced_by"] = _seat(do, eligibility.profiles[replacement["expert"]], "drawn")
    queries.set_seat(do.connection, seat.id, "replaced")


@act("panel", "appoint-leader", Nothing)
def appoint_leader(do: Act) -> None:
    """Article 20 (组长负责制): one of the members leads, and answers for what he signs."""
    seat = _addressed(do)
    _replace_leader(do, {"seat": seat.id, "person": seat.body["person"]})


def _replace_leader(do: Act, leader: dict[str, str] | None) -> None:
    if do.body["leader"]:
        do.leave("leader", do.body["leader"]["person"])
    if leader:
        do.party("leader", leader["person"])
    do.body["leader"] = leader


@act("panel", "start-work", Nothing)
def start_work(do: Act) -> None:
    """Article 20: all seats are confirmed and somebody leads; the panel works."""
    do.body["started_on"] = do.today.isoformat()


def conclusions(connection: Connection, at: Moment) -> list[dict[str, str]]:
    """The choices of `sign-opinion`: what this panel was asked to say."""
    fitting = panels.CONCLUSIONS_OF[at.body["purpose"]]
    return [{"value": code, "zh": panels.CONCLUSIONS[code][0], "en": panels.CONCLUSIONS[code][1]} for code in fitting]


@act("panel", "sign-opinion", SignOpinion, choices={"conclusion": conclusions})
def sign_opinion(do: Act) -> None:
    """Article 20: the leader signs the determination or evaluation and answers for it; dissent is kept."""
    assert do.actor is not None
    numbers = {seat.body["person"]: seat.body["number"] for seat in panels.held(do.parts("seat"))}
    strangers = [each["member"] for each in do.data["dissent"] if each["member"] not in numbers]
    if strangers:
        fault = "不是本组成员 / not a member of this panel: " + "、".join(strangers)
        raise Refusal("invalid", errors={"dissent": [fault]})
    opinion = {key: do.data[key] for key in ("conclusion", "reasons", "dissent", "files")}
    do.body["opinion"] = {**opinion, "signed_on": do.today.isoformat(), "leader": do.actor.person}
    said = {key: do.data[key] for key in ("conclusion", "reasons")}
    signed = {"signed_on": do.today.isoformat(), "leader": do.actor.person}
    do.fact("opinion-signed", {**_asked(do), "purpose": do.body["purpose"], **said, **signed})
    do.document(to=None, issuer=do.settings["institution"], fields=_opinion_paper(do, numbers))


def _opinion_paper(do: Act, numbers: dict[str, str]) -> dict[str, Any]:
    """What the paper 专家意见 says: members by their numbers in the pool, for names are personal data and stay here."""
    return {
        **{key: do.body[key] for key in ("question", "product", "producer")},
        "reasons": do.data["reasons"],
        "dissent": [f"{numbers[each['member']]}：{each['reasons']}" for each in do.data["dissent"]],
        "materials": [name for each in do.body["materials"] if (name := each.get("title") or each.get("name"))],
        "purpose": panels.PURPOSES[do.body["purpose"]][0],
        "conclusion": panels.CONCLUSIONS[do.data["conclusion"]][0],
        "leader": numbers[do.body["leader"]["person"]],
        "members": sorted(numbers.values()),
        "held_on": do.today.isoformat(),
    }


@act("panel", "withdraw-panel", Reasoned)
def withdraw_panel(do: Act) -> None:
    """Article 20: the panel is no longer needed, or was wrongly asked for; the asking service receives the fact."""
    do.body["withdrawal"] = {"on": do.today.isoformat(), "reasons": do.data["reasons"]}
    queries.release(do.connection, do.root.id)
    do.fact("panel-withdrawn", {**_asked(do), "reasons": do.data["reasons"], "withdrawn_on": do.today.isoformat()})


def _asked(do: Act) -> dict[str, Any]:
    """What lets the asking service find its own matter in a fact of ours."""
    return {"request": do.body["request"], "root": do.body["root"], "part": do.body["part"], "panel": do.root.id}
