"""Leads as people bring them, hand them over, accept, refer and dismiss them (articles 2, 3, 4, 5 and 8)."""

from chassis.core import Act, act
from intake.acts.opening import open_lead
from intake.data import load
from intake.domain.leads import duty
from intake.schemas.fields import Reasons
from intake.schemas.leads import (
    Acceptance,
    DiscoveryDate,
    HandOver,
    Incident,
    LocalAnalysis,
    NotedLead,
    OverseasRecall,
    PublicReport,
    Referral,
    ReferralReply,
)
from intake.storage import queries


@act("lead", "report", PublicReport)
def report(do: Act) -> None:
    """Article 4(1): whoever reports gets a receipt number; how to reach them is sealed."""
    data = do.data
    open_lead(
        do,
        "public_report",
        seller=data.get("seller"),
        bought_on=data.get("bought_on"),
        contact_name=data.get("contact_name"),
        contact=data.get("contact"),
    )


@act("lead", "note-lead", NotedLead)
def note_lead(do: Act) -> None:
    """Article 8(2), 8(3): the period for handing over runs from the day of discovery."""
    data, actor = do.data, do.actor
    assert actor is not None
    open_lead(
        do,
        data["source"],
        reference=data.get("reference"),
        informant=data.get("informant"),
        contact=data.get("contact"),
        area=actor.area,
    )
    do.cite(duty(actor.area, actor.offices))


@act("lead", "correct-discovery-date", DiscoveryDate)
def correct_discovery_date(do: Act) -> None:
    """The legal date counts: a corrected one recomputes the period."""
    do.body["discovered_on"] = do.data["discovered_on"]
    do.body.setdefault("corrections", []).append({"on": do.today.isoformat(), **do.data})


@act("lead", "analyse", LocalAnalysis)
def analyse_locally(do: Act) -> None:
    """Article 5(1): 收集、分析本市行政区域内的消费品缺陷信息."""
    do.body["local_analysis"] = {"analysis": do.data["analysis"], "on": do.today.isoformat()}


@act("lead", "hand-over", HandOver)
@act("lead", "escalate", HandOver)
def hand_over(do: Act) -> None:
    """Article 8(2), 8(3): 将线索报至消费品召回管理职能处室. Article 5(1): 及时报告省局."""
    do.body["handed_over_on"] = do.today.isoformat()
    if do.data.get("remarks"):
        do.body["hand_over_remarks"] = do.data["remarks"]


@act("lead", "report-incident", Incident)
def report_incident(do: Act) -> None:
    """Article 3: 严格依法执行重大事故、重大危险报告制度. The report itself meets the period, and shows if it came late."""
    data = do.data
    open_lead(do, "incident", **{key: data.get(key) for key in ("consequence", "place", "measures", "attachment")})


@act("lead", "report-overseas-recall", OverseasRecall)
def report_overseas_recall(do: Act) -> None:
    """Article 3: 严格依法执行境外召回报告制度."""
    data = do.data
    open_lead(
        do,
        "overseas_recall",
        **{
            key: data.get(key)
            for key in ("country", "recall_number", "sold_here", "quantity", "measures", "attachment")
        },
    )


@act("lead", "accept", Acceptance)
def accept(do: Act) -> None:
    """Article 2: 在本省行政区域内生产、销售消费品的召回及其监督管理适用本规定; the official decides, whatever the code suggests."""
    do.body["decision"] = {
        "decided": "accepted",
        "on": do.today.isoformat(),
        "suggested": do.body["seat"]["suggests"],
        **do.data,
    }


@act("lead", "refer-out", Referral)
def refer_out(do: Act) -> None:
    """Article 2: another regime takes the lead; or the part of a producer elsewhere goes, and lead and local operators stay."""
    data = do.data
    do.cite("2(2)" if data["ground"] == "other_regime" else "2(1)")
    if data["ground"] == "other_regime":
        data["regime"] = data.get("regime") or do.body["regime"]
        queries.remove_from_grouping(do.connection, do.root.id)
    do.part = do.add("referral", {**data, "referred_on": do.today.isoformat()})
    regimes = load("regimes")
    do.document(
        to=None,
        to_name=data["authority"],
        fields={
            "authority": data["authority"],
            "number": do.root.number,
            "product": do.body["product"]["name"],
            "producer": do.body["producer"]["name"],
            "reasons": data["reasons"],
            "ground": data["ground"],
            "regime": regimes.get(data.get("regime"), {}).get("zh") or data.get("regime"),
        },
    )


@act("lead", "record-reply", ReferralReply)
@act("lead", "record-producer-reply", ReferralReply)
def record_reply(do: Act) -> None:
    """Article 2: the reply of the authority referred to is kept; declined, the lead is ours again."""
    assert do.part is not None
    do.part.body["answer"] = do.data
    if do.root.state == "referred" and do.data["reply"] == "declined":
        queries.return_to_grouping(do.connection, do.root.id, do.body)


@act("lead", "dismiss", Reasons)
def dismiss(do: Act) -> None:
    """Article 4(1): what holds no information on a defect is put aside with reasons."""
    do.body["decision"] = {"decided": "dismissed", "on": do.today.isoformat(), **do.data}
    queries.remove_from_grouping(do.connection, do.root.id)
