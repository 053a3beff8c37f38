"""Leads become a signal: the analyst groups, adds and splits; every decision is kept (article 9, first sentence)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from chassis.core import Act, Moment, act
from chassis.core.acts.act import Handle
from chassis.core.storage.series import next_number
from intake.data import load
from intake.domain.grouping import COMPARED, Reason, Report, compare, features_in, pairs_in, reasons_for, reasons_with
from intake.domain.leads import weight
from intake.domain.proposals import explain, propose, strongest
from intake.schemas.signals import Cluster, OneLead, SplitLead
from intake.storage import queries

SHOWN = 200
CONSIDERED = 400
"""So many leads that share most block keys with a signal are compared with it; SHOWN of them are offered."""


def explained(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Return reasons with their sentences, the vocabularies' words for their codes."""
    return explain(reasons, load("reasons"), {"hazard": load("hazards"), "category": load("categories")})


def candidate_leads(connection: Connection, moment: Moment) -> list[dict[str, str]]:
    """Return the free leads in the groups proposed, each with its group and the reasons: the choices of `cluster`."""
    return _choices(connection, queries.free_leads(connection, SHOWN))


def leads_to_add(connection: Connection, moment: Moment) -> list[dict[str, str]]:
    """Return the free leads that seem to belong to the signal, most alike first: the choices of `add-lead`."""
    if moment is None or moment.root is None:
        return []
    held = [entry["lead"] for entry in moment.body["leads"]]
    near = queries.neighbours(connection, held, CONSIDERED)
    apart = {
        lead for pair in queries.links_among(connection, [*held, *near]).cannot if pair & set(held) for lead in pair
    }
    offered = [lead for lead in near if lead not in apart]
    rows = queries.lead_rows(connection, [*held[:COMPARED], *offered])
    reports = {lead: Report.of(lead, row["features"]) for lead, row in rows.items()}
    inside = [reports[lead] for lead in held[:COMPARED]]
    scored = []
    for lead in offered:
        reasons = reasons_for([reports[lead], max(inside, key=lambda one: compare(reports[lead], one).score)])
        scored.append((sum(reason.points for reason in reasons), lead, reasons))
    scored.sort(key=lambda row: (-row[0], row[1]))
    return [_choice(rows[lead], "", explained(reasons)) for _, lead, reasons in scored[:SHOWN]]


def _choices(connection: Connection, leads: list[str]) -> list[dict[str, str]]:
    rows = queries.lead_rows(connection, leads)
    proposals = propose(rows, queries.links_among(connection, leads), pairs_in(queries.key_rows(connection, leads)))
    choices = []
    for number, proposal in enumerate(proposals, 1):
        together = len(proposal.leads) > 1
        reasons = explained(proposal.reasons) if together else []
        choices += [_choice(rows[lead], str(number) if together else "", reasons) for lead in proposal.leads]
    return choices


def _choice(row: Mapping[str, Any], group: str, reasons: list[dict[str, Any]]) -> dict[str, str]:
    zh = "；".join(reason["zh"] for reason in reasons)
    en = "; ".join(reason["en"] for reason in reasons)
    named = f"{row['number']} {row['title']}"
    return {
        "value": row["lead"],
        "zh": (f"【建议归并{group}】" if group else "") + named + (f"——{zh}" if zh else ""),
        "en": (f"[group {group}] " if group else "") + named + (f": {en}" if en else ""),
        "group": group,
        "reasons_zh": zh,
        "reasons_en": en,
    }


def explain_signal(do: Act, features: Mapping[str, Mapping[str, Any]]) -> None:
    """Compute why the leads of a signal belong together, their hazards and how their injuries weigh, from their features by id."""
    do.body["reasons"] = explained(reasons_for([Report.of(lead, own) for lead, own in features.items()]))
    do.body["hazards"] = sorted({hazard for own in features.values() for hazard in own["hazards"]})
    _weigh(do)


def _weigh(do: Act) -> None:
    do.body["weight"] = sum(weight(entry) for entry in do.body["leads"])
    do.note("reasons", do.body["reasons"])


def put_in(do: Act, leads: Sequence[Handle]) -> None:
    """Put leads into the signal: they take its dossier, and the decision is kept for the next proposal."""
    for lead in leads:
        lead.root.dossier = do.root.dossier
        lead.body["signal"] = do.root.id
        do.body["leads"].append(
            {
                "lead": lead.root.id,
                "number": lead.root.number,
                "title": lead.root.title,
                "source": lead.body["source"],
                "severity": lead.body.get("severity") or "none",
            }
        )
    queries.put_together(do.connection, [lead.root.id for lead in leads], do.root.id, do.root.head_seq + 1)


@act("signal", "cluster", Cluster, choices={"leads": candidate_leads})
def cluster(do: Act) -> None:
    """Article 9: 技术机构对消费品缺陷信息线索进行综合分析处理. The analyst decides; the reasons are those of the moment."""
    leads = sorted(do.named("leads"), key=lambda lead: (-weight(lead.body), lead.root.id))
    do.party("lead_bureau", do.settings["province"], do.settings["province_area"])
    do.party("institution", do.settings["institution"])
    do.body.update(
        {
            "leads": [],
            "remarks": do.data.get("remarks"),
            "product": _best(leads, "product"),
            "producer": _best(leads, "producer"),
        }
    )
    do.body["hazard"] = next((lead.body["hazard"] for lead in leads if lead.body.get("hazard")), None)
    do.body["injury"] = next((lead.body["injury"] for lead in leads if lead.body.get("injury")), None)
    put_in(do, leads)
    explain_signal(do, {lead.root.id: features_in(lead.body) for lead in leads})
    do.root.number = f"XH{do.today.year}-{next_number(do.connection, f'signal/{do.today.year}'):04d}"
    do.root.title = do.data.get("title") or leads[0].root.title


def _best(leads: list[Handle], field: str) -> dict[str, Any]:
    """Take from each lead in turn what those before it leave open; spot checks and divisions know more than the public."""
    merged: dict[str, Any] = {}
    for lead in sorted(
        leads, key=lambda lead: (lead.body["source"] in ("public_report", "foreign_alert"), lead.root.id)
    ):
        for key, value in lead.body[field].items():
            if key == "batches":
                merged[key] = sorted({*merged.get(key, []), *value})
            elif not merged.get(key):
                merged[key] = value
    return merged


@act("signal", "add-lead", OneLead, choices={"lead": leads_to_add})
def add_lead(do: Act) -> None:
    """Article 9: another lead on the same product and hazard. What it adds to the reasons is found without reading all the others."""
    (lead,) = do.named("lead")
    compared = [entry["lead"] for entry in do.body["leads"][:COMPARED]]
    others = [Report.of(id, row["features"]) for id, row in queries.lead_rows(do.connection, compared).items()]
    features = features_in(lead.body)
    put_in(do, [lead])
    do.body["reasons"] = strongest(
        [*do.body["reasons"], *explained(reasons_with(Report.of(lead.root.id, features), others))]
    )
    do.body["hazards"] = sorted({*do.body["hazards"], *features["hazards"]})
    _weigh(do)


@act("signal", "split-lead", SplitLead)
def split_lead(do: Act) -> None:
    """Undo a grouping by an act of its own: the lead has its own dossier again and will not be proposed for this group."""
    (lead,) = do.named("lead")
    do.body["leads"] = [entry for entry in do.body["leads"] if entry["lead"] != lead.root.id]
    lead.root.dossier = lead.body["own_dossier"]
    lead.body["signal"] = None
    queries.split_off(do.connection, lead.root.id, do.root.id, do.root.head_seq + 1)
    rows = queries.lead_rows(do.connection, [entry["lead"] for entry in do.body["leads"]])
    explain_signal(do, {left: row["features"] for left, row in rows.items()})
