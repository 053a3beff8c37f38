"""Spot-check bulletins: registered, handed over, each failing line a lead (article 8, item 1)."""

from typing import Any

from chassis.core import Act, act
from chassis.core.ids import new_id
from intake.acts.opening import open_lead, write_parties
from intake.schemas.bulletins import Bulletin, BulletinHandOver, IssueDate
from intake.schemas.leads import SpotCheckLead


@act("bulletin", "register-bulletin", Bulletin)
def register_bulletin(do: Act) -> None:
    """Article 8(1): 应当在产品质量监督抽查通报印发之日起五个工作日内，将通报报至消费品召回管理职能处室."""
    do.body.update(do.data)
    do.root.number = do.data["number"]
    do.root.title = do.data["title"]
    write_parties(do)


@act("bulletin", "correct-issue-date", IssueDate)
def correct_issue_date(do: Act) -> None:
    """The legal date counts: a corrected one recomputes the period."""
    do.body["issued_on"] = do.data["issued_on"]
    do.body.setdefault("corrections", []).append({"on": do.today.isoformat(), **do.data})


@act("bulletin", "hand-over", BulletinHandOver)
def hand_over(do: Act) -> None:
    """Article 8(1): the hand-over meets the period, and every failing line becomes a lead with a dossier of its own."""
    do.body["handed_over_on"] = do.today.isoformat()
    do.body["leads"] = []
    for number, row in enumerate(do.body["lines"], 1):
        lead = do.open("lead", "open-from-bulletin", _lead_of(do, number, row), dossier=new_id("dossier"))
        do.body["leads"].append({"line": number, "lead": lead.root.id, "number": lead.root.number})
    do.note("leads", len(do.body["leads"]))


def _lead_of(do: Act, number: int, row: dict[str, Any]) -> dict[str, Any]:
    failing = {
        key: row[key]
        for key in ("item", "measured", "limit", "unit", "under_reinspection", "sampled_at")
        if row.get(key)
    }
    product = {
        key: row[key]
        for key in ("product", "brand", "model", "category", "gtin", "batches", "producer", "credit_code")
        if row.get(key)
    }
    return product | {
        "hazard": f"{row['item']}不合格（实测{row['measured']}{row.get('unit', '')}，限值{row['limit']}{row.get('unit', '')}）",
        "bulletin": do.root.id,
        "bulletin_number": do.body["number"],
        "line": number,
        "handed_over_on": do.body["handed_over_on"],
        "failing": failing,
    }


@act("lead", "open-from-bulletin", SpotCheckLead)
def open_from_bulletin(do: Act) -> None:
    """Article 8(1): a failing line of the bulletin is a lead."""
    data = do.data
    open_lead(
        do,
        "spot_check",
        bulletin={"id": data["bulletin"], "number": data["bulletin_number"]},
        line=data["line"],
        failing=data["failing"],
        handed_over_on=data["handed_over_on"],
    )
