"""How a recall begins, and what an objection to the notice does to it (articles 3, 4(3), 14)."""

from typing import Any

from chassis.core import Act, Refusal, act
from recall.schemas.recalls import FileVoluntaryRecall, ObjectionDecided, ObjectionFiled, Opening
from recall.storage import queries


@act("recall", "open-recall", Opening)
def open_recall(do: Act) -> None:
    """Article 3(3): a confirmed defect is recalled at once: the notified, or declared, recall opens here."""
    data = do.data
    on = data["notified_on"] or data["declared_on"] or do.today.isoformat()
    do.body.update(
        {name: data[name] for name in ("case", "basis", "producer", "product", "hazard", "defect", "covers")}
        | {"notified_on": on}
    )
    _begin(do, f"org_{_accountable(data['producer'])}", data["institution"])
    queries.keep_case(do.connection, data["case"], do.root.id, data["basis"])
    do.start("plan", on)


@act("recall", "file-voluntary-recall", FileVoluntaryRecall)
def file_voluntary_recall(do: Act) -> None:
    """Article 4(3): the province accepts voluntary recalls; with no case open the producer files it here."""
    assert do.actor is not None and do.actor.organisation is not None
    data, organisation = do.data, do.actor.organisation
    producer = {"code": organisation.removeprefix("org_"), "name": data["name"], "address": data["address"]}
    do.body.update({name: data[name] for name in ("product", "hazard", "defect", "grounds")})
    do.body.update(case=None, basis="voluntary", producer=producer, covers=None, notified_on=do.today.isoformat())
    _begin(do, organisation, None)


def _begin(do: Act, producer: str, institution: str | None) -> None:
    body = do.body
    do.root.title = f"{body['producer']['name']}：{body['product'].get('name', '')}"
    body["round"] = 0
    do.party("producer", producer)
    do.party("lead_bureau", do.settings["province"], area=do.settings["province_area"])
    do.party("institution", institution or do.settings["institution"])


def _accountable(producer: dict[str, Any]) -> str:
    """The credit code of the producer, or of a foreign producer's importer or domestic agent (article 3(1))."""
    agent = producer.get("agent") or {}
    code = (
        producer.get("code") or producer.get("agent_code") or (agent.get("code") if isinstance(agent, dict) else None)
    )
    if not code:
        raise Refusal(
            "invalid",
            errors={
                "producer.code": ["召回应当指明一个生产者或其境内代理人 / a recall names one producer, or its agent"]
            },
        )
    return str(code)


@act("recall", "hold-for-objection", ObjectionFiled)
def hold_for_objection(do: Act) -> None:
    """Article 4(3): an objection to the notified recall was accepted: a recall without a plan waits for its outcome.

    The regulation knows no suspension: a recall whose plan is filed goes on, and the objection is only noted.
    """
    do.body["hold"] = {"filed_on": do.data["filed_on"]}
    do.choose("held" if do.root.state == "awaiting_plan" else "noted")


@act("recall", "resume-after-objection", ObjectionDecided)
def resume_after_objection(do: Act) -> None:
    """Article 14(3): a confirmed defect is recalled at once; the plan is due from the service of the outcome."""
    _decided(do)
    if do.root.state == "on_hold":
        do.choose("resumed")
        do.start("plan", do.data["served_on"] or do.data["decided_on"])
    else:
        do.choose("noted")


@act("recall", "withdraw-after-objection", ObjectionDecided)
def withdraw_after_objection(do: Act) -> None:
    """Article 14: the objection was right, there is no defect, and nothing is left to recall."""
    _decided(do)


def _decided(do: Act) -> None:
    do.body["hold"] = do.body.get("hold", {}) | {name: do.data[name] for name in ("outcome", "decided_on", "served_on")}
