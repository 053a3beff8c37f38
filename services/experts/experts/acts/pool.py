"""The pool of experts: registered, admitted, kept up to date, reviewed, removed (articles 4, 7, 20)."""

from chassis.core import Act, Refusal, act
from chassis.core.storage.series import next_number
from experts.schemas.acts import Activity, Reasoned, RegisterExpert, Review, Term, UpdateExpert
from experts.schemas.common import Relation
from experts.storage import queries


@act("expert", "register-expert", RegisterExpert)
def register_expert(do: Act) -> None:
    """Articles 20 and 7(6): the institution enters an expert; a city enters one of its own reserve."""
    if queries.is_registered(do.connection, do.data["person"]):
        raise Refusal("invalid", errors={"person": ["该人员已在专家库中 / this person stands in the pool already"]})
    assert do.actor is not None and do.actor.organisation is not None
    reserve = do.actor.organisation != do.settings["institution"]
    number = next_number(do.connection, f"expert-{do.today.year}")
    do.root.number = f"专家{do.today.year}-{number:03}"
    do.root.title = f"{do.root.number}（{'储备' if reserve else '省库'}）"
    do.body.update({key: do.data.get(key) for key in ("person", "name", "employer", "rank", "fields", "relations")})
    do.body.update(number=do.root.number, pool="reserve" if reserve else "province", term=None)
    do.body.update(activities=[], reviews=[])
    do.party("lead_bureau", do.settings["province"], area=do.settings["province_area"])
    do.party("institution", do.settings["institution"])
    do.party("self", do.data["person"])
    if reserve:
        do.party("registrar", do.actor.organisation, area=do.actor.area)
    codes = [relation["code"] for relation in do.data["relations"]]
    queries.add_profile(do.connection, do.root.id, do.data["person"], do.root.number, do.data["fields"], codes)


@act("expert", "admit-expert", Term)
def admit_expert(do: Act) -> None:
    """Article 4(8): the province builds the pool; the term is advisory, for the bureau's expert rules were not seen."""
    _appoint(do)
    do.body["pool"] = "province"


@act("expert", "renew-expert", Term)
def renew_expert(do: Act) -> None:
    """Article 20: the province appoints the expert for another term, which also ends a suspension."""
    _appoint(do)


def _appoint(do: Act) -> None:
    do.body["term"] = {"from": do.data["term_from"], "until": do.data["term_until"]}
    do.body.pop("suspension", None)
    queries.set_term(do.connection, do.root.id, do.data["term_from"], do.data["term_until"])
    queries.set_state(do.connection, do.root.id, "admitted")


@act("expert", "update-expert", UpdateExpert)
def update_expert(do: Act) -> None:
    """Article 7(6): the entry is kept as it is now; the draw uses it from this moment."""
    do.body.update({key: do.data.get(key) for key in ("employer", "rank", "fields")})
    queries.set_fields(do.connection, do.root.id, do.data["fields"])


@act("expert", "declare-relation", Relation)
def declare_relation(do: Act) -> None:
    """Article 20: a relation to a firm becomes known, and keeps the expert off every panel about that firm."""
    do.body["relations"].append(dict(do.data))
    queries.add_relation(do.connection, do.root.id, do.data["code"])


@act("expert", "suspend-expert", Reasoned)
def suspend_expert(do: Act) -> None:
    """Article 20: the expert is not drawn while suspended; a seat that he holds is for the institution to decide on."""
    do.body["suspension"] = {"on": do.today.isoformat(), "reasons": do.data["reasons"]}
    queries.set_state(do.connection, do.root.id, "suspended")


@act("expert", "remove-expert", Reasoned)
def remove_expert(do: Act) -> None:
    """Article 20: the expert leaves the pool; what he signed stays."""
    do.body["removed"] = {"on": do.today.isoformat(), "reasons": do.data["reasons"]}
    queries.set_state(do.connection, do.root.id, "removed")


@act("expert", "record-activity", Activity)
def record_activity(do: Act) -> None:
    """Articles 7(6) and 20: the institution organises the experts' activities and keeps account of them."""
    do.body["activities"].append(dict(do.data))


@act("expert", "review-expert", Review)
def review_expert(do: Act) -> None:
    """Articles 7(6) and 20: the institution reviews the expert's work; what follows from it the province decides."""
    do.body["reviews"].append({**do.data, "on": do.today.isoformat()})
